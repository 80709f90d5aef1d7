// The same work with eleventy-fetch and eleventy-img: asks the API, then makes three widths of each
// picture. Arguments: the fake's port; on standard input, JSON of what to ask. Tells the seconds.
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
const { api, pictures } = JSON.parse(readFileSync(0, "utf-8"));

const cache = { directory: ".cache", duration: "1d" };
await Promise.all(api.map(url => fetchCached(url, { ...cache, type: "json" })));
await Promise.all(pictures.map(url => makeImages(url, {
  widths: [320, 640, 1080],
  formats: ["webp"],
  outputDir: "img",
  cacheOptions: cache,
  sharpWebpOptions: { quality: 80 },
})));
console.log(JSON.stringify({ seconds: (performance.now() - began) / 1000 }));
