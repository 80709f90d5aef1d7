// The same work with eleventy-fetch and eleventy-img: asks the API, then makes files of each picture.
// Arguments: the fake's port; on standard input, JSON of what to ask and of the widths of each
// format. Tells the seconds.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const began = performance.now();
const require = createRequire(process.cwd() + "/");
const tls = require("node:tls");
const port = Number(process.argv[2]);
const connect = tls.connect;
tls.connect = (options, ...rest) =>
  connect({ ...options, servername: options.servername || options.host, host: "127.0.0.1", port }, ...rest);

const { default: fetchCached } = await import(require.resolve("@11ty/eleventy-fetch"));
const { default: makeImages } = await import(require.resolve("@11ty/eleventy-img"));
const { api, pictures, files } = JSON.parse(readFileSync(0, "utf-8"));

const cache = { directory: ".cache", duration: "1d" };
await Promise.all(api.map(url => fetchCached(url, { ...cache, type: "json" })));
await Promise.all(Object.entries(files).flatMap(([format, widths]) =>
  pictures.map(url => makeImages(url, {
    widths,
    formats: [format],
    outputDir: "img",
    cacheOptions: cache,
    sharpWebpOptions: { quality: 80 },
    sharpAvifOptions: { quality: 60, effort: 1 }, // libaom's speed 8
    sharpJpegOptions: { quality: 75, progressive: true },
  }))));
console.log(JSON.stringify({ seconds: (performance.now() - began) / 1000 }));
