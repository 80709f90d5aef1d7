// Filters, cuts and clones feeds that the plugin has rendered. Text of others is only ever cloned.

const find = (selector, root = document) => root.querySelector(selector);
const list = (selector, root = document) => [...root.querySelectorAll(selector)];
const part = (name, root) => find(`.mk-ig__${name}`, root);
const clone = (name, root) => part(name, root)?.cloneNode(true) ?? "";
const whole = Object.fromEntries(list("template").map(({ id, content }) => [id.slice(3), content]));
const { media, choices, name: shown, account } = JSON.parse(whole.data.textContent);
const controls = list("[data-option]").map(element => ({ element, ...element.dataset }));
const byName = Object.fromEntries(controls.map(control => [control.option, control]));

// Values of controls: texts, as in the address

const split = text => [...new Set(text.split(",").map(word => word.trim()).filter(Boolean))];
const findCode = text => text.replace(/^.*\/(p|reels?|tv)\/|[/?#].*$/g, "");
const start = ({ option, base }) => (option === "account" && account) || base;

function read({ kind, element }) {
  if (kind === "switch") return String(element.checked);
  if (kind !== "some") return element.value.trim();
  return list("input:checked", element).map(box => box.value).join(", ");
}

function write({ kind, element, base }, text) {
  if (kind === "switch") element.checked = text === "true";
  else if (kind === "some") for (const box of list("input", element)) box.checked = split(text).includes(box.value);
  else element.value = text;
  if (element.selectedIndex < 0) element.value = base;
}

function isWrong({ option, kind, pattern }, text) {
  const words = kind === "list" ? split(text) : text ? [text] : [];
  return (option === "until" && text && text < read(byName.since))
    || (option === "header" && text === "true" && read(byName.account).includes(","))
    || !words.every(word => word.match(new RegExp(pattern, "u")));
}

function parse({ option, kind }, text) {
  if (kind === "switch") return text === "true";
  if (kind === "number") return text ? Number(text) : null;
  if (/some|list/.test(kind)) return split(option === "post" ? split(text).map(findCode).join() : text);
  if (kind !== "columns") return text;
  const [small, medium = small, large = medium] = text.split(",").map(Number);
  return small ? [small, medium, large] : null;
}

function quote(text) {
  if (/^[A-Za-z]\w*([./-]\w+)*$/.test(text) && !/^(true|false|yes|no|on|off|null|y|n)$/i.test(text)) return text;
  return JSON.stringify(text.replace(/[\x7f-\x9f\u2028\u2029\ufffe\uffff]/g, ""))
    .replaceAll("--", "-\\u002d").replaceAll(">", "\\u003e");
}

function toYAML({ kind, empty }, value) {
  if (value === null || value.length === 0) return empty;
  if (kind === "columns") {
    const [small, medium, large] = value;
    return new Set(value).size < 2 ? `${small}` : `{small: ${small}, medium: ${medium}, large: ${large}}`;
  }
  if (Array.isArray(value)) return value.length > 1 ? `[${value.map(quote).join(", ")}]` : quote(value[0]);
  return kind === "text" ? quote(value) : String(value);
}

// The choice of posts, as in feed/selection.py

const fold = text => text.normalize("NFKC").toUpperCase().toLowerCase().normalize("NFKC")
  .replaceAll("i\u0307", "i").replaceAll("ı", "i").replaceAll("ς", "σ");
const isWord = char => /[\p{L}\p{N}\p{M}_]/u.test(char);
const isUnspaced = char =>
  /[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\u{20000}-\u{3ffff}]/u.test(char);
const LINK = /^(#(?!\d+$)[\p{L}\p{M}\p{N}_\p{Emoji_Presentation}\u200d\ufe0f]+|@\w+(\.\w+)*)$/u;

function contains({ text, links }, given) {
  const word = fold(given), chars = [...word];
  if (LINK.test(word)) return links.includes(word);
  const mayEnd = (outside, edge) => !outside || !isWord(outside) || !(isWord(edge) || edge === "#")
    || (chars[0] !== "#" && (isUnspaced(edge) || isUnspaced(outside)));
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const [after] = text.slice(at + word.length);
    if (mayEnd([...text.slice(0, at)].at(-1), chars[0]) && mayEnd(after, chars.at(-1))) return true;
  }
  return false;
}

function choose(o) {
  if (o.post.length) return o.post.flatMap(code => media.find(one => one.code === code) ?? []);
  return media.filter(one => (!o.linked || one.linked)
      && (!o.types.length || o.types.some(type => one.types.includes(type)))
      && one.day >= o.since && (!o.until || (one.day && one.day <= o.until))
      && (!o.include.length || o.include.some(word => contains(one, word)))
      && !o.exclude.some(word => contains(one, word)))
    .sort((a, b) => a.order[o.sort] - b.order[o.sort]).slice(0, o.limit);
}

// Columns and classes, as in feed/columns.py and render/layouts.py

const hasText = o => o.layout === "list" || o.caption === "below"
  || (o.caption === "none" && /date|user/.test(o.show));
const isFilled = o => !o.columns && /grid|masonry|highlight/.test(o.layout);
const isRows = o => o.layout === "masonry" && !hasText(o);
const sum = numbers => numbers.reduce((a, b) => a + b, 0);

function isLarge(o, number, following, columns) {
  const beside = 2 * (columns - 2);
  return o.layout === "highlight" && columns > 1 && number % (1 + beside + columns) === 0
    && following >= beside && !(columns === 2 && following === 1);
}

function countColumns(o, heights) {
  const total = heights.length, first = Math.min(total, o.more || total) || 1;
  if (o.columns) return [...o.columns, o.columns[2]];
  if (o.layout === "carousel") return [2, 3, 3, 5];
  if (o.layout === "list") return total > 1 ? [1, 1, 2, 2] : [1, 1, 1, 1];
  const measureRow = (length, count) => {
    const cells = sum(heights.slice(-length).map((_, at) => isLarge(o, at, length - at - 1, count) ? 4 : 1));
    const empty = (count - cells % count) % count / count;
    return empty && Math.max(empty, 1 / 3);
  };
  const measureEdge = (part, count) => {
    const columns = Array(count).fill(0);
    for (const height of part) columns[columns.indexOf(Math.min(...columns))] += height;
    return (Math.max(...columns) - sum(columns) / count) * part.length / sum(part);
  };
  const parts = [heights.slice(0, first), heights.slice(first)].filter(part => part.length);
  const choose = counts => counts.filter(count => count <= first)
    .map(count => [count, ...parts.map(part => isRows(o) ? measureEdge(part, count) : measureRow(part.length, count))])
    .sort((a, b) => a[1] - b[1] || (a[2] ?? 0) - (b[2] ?? 0))[0]?.[0] ?? first;
  return choices[hasText(o) ? "texts" : "pictures"].map(choose);
}

function listClasses(o, counts) {
  const ratio = o.layout === "masonry" ? "original" : o.ratio;
  const names = [
    o.layout,
    o.layout === "masonry" && (isRows(o) ? "rows" : "flow"),
    o.layout === "highlight" && ratio === "original" ? "square" : ratio.replace("/", "-"),
    hasText(o) && "text-below",
    o.caption === "overlay" && o.layout !== "list" && "caption-overlay",
    isFilled(o) && "auto",
    isFilled(o) && counts[3] === 1 && "alone",
    ...counts.flatMap((count, at) => [1, 2, 4, 8].map(size => count & size && "smlx"[at] + size)),
  ];
  return `mk-ig ${names.filter(Boolean).map(name => `mk-ig--${name}`).join(" ")} ${o.class}`;
}

function cutCaption(caption, length) {
  const chars = [...caption.textContent];
  if (chars.length <= length) return;
  let end = chars.slice(0, length).findLastIndex(char => /[ \n\t]/.test(char));
  if (end <= Math.floor((length - 1) / 2)) {
    end = length - 1;
    while (end > 1 && /^([\p{M}\u200d\u{1f3fb}-\u{1f3ff}]|.\u200d)/u.test(chars[end] + chars[end - 1])) end--;
  }
  let kept = chars.slice(0, end).join("").trimEnd();
  kept = kept.replace(/[#@]+$/, "") || kept;
  let from = 0;
  for (const { localName, textContent } of caption.childNodes) {
    const isCut = from < kept.length && kept.length < from + textContent.length;
    if (localName && isCut) kept = kept.slice(0, from).trimEnd() || kept.slice(1);
    from += textContent.length;
  }
  let left = kept.trimEnd().length;
  for (const node of [...caption.childNodes]) {
    const { length } = node.textContent;
    if (left <= 0) node.remove();
    else if (length > left) node.replaceWith(node.textContent.slice(0, left));
    left -= length;
  }
  caption.append("…");
}

function makeItem(o, { key, rows }, at, first, total) {
  const isMore = at >= first, number = isMore ? at - first : at;
  const following = (isMore ? total : first) - at - 1;
  const pick = name => find(`[data-media="${key}"]`, whole[name]).cloneNode(true);
  const isList = o.layout === "list", isAlone = !number && !following && hasText(o);
  const item = pick(isList ? "post" : o.caption === "overlay" ? "image" : isAlone ? "none" : "viewer");
  const pictured = pick(o.open);
  const viewer = part("viewer", pictured), frame = part("frame", item);
  part("viewer", item)?.remove();
  part("overlay", pictured)?.remove();
  frame.replaceChildren(...part("frame", pictured).children, ...list(".mk-ig__overlay", frame));
  if (!o.show.includes("type") && part("type", frame)) {
    part("type", frame).remove();
    if (viewer) part("open", frame).ariaLabel = part("img", frame).alt;
  }
  const kept = isList && !find(".mk-ig__caption[dir]", item) ? ["date", ...o.show] : o.show;
  for (const name of ["date", "likes", "comments", "user"].filter(name => !kept.includes(name)))
    list(`.mk-ig__${name}`, item).forEach(it => it.remove());
  for (const caption of list(".mk-ig__caption", item)) {
    if (o.caption === "none" && !isList) caption.remove();
    else if (caption.dir) cutCaption(caption, o.caption_length || (isList ? 600 : 200));
  }
  for (const box of list(".mk-ig__meta, .mk-ig__text, .mk-ig__overlay", item))
    if (!box.textContent.trim()) box.remove();
  if (viewer) item.append(viewer);
  item.className = "mk-ig__item";
  return { item, viewer, rows, number, following, isMore };
}

function addSteps(made) {
  const opened = made.filter(one => one.viewer);
  opened.forEach(({ viewer, isMore }, at) => {
    part("steps", viewer)?.remove();
    if (opened.length > 1) viewer.append(part("steps", whole.viewer).cloneNode());
    for (const [way, other] of [["previous", opened[at - 1]], ["next", opened[at + 1]]]) {
      if (!other) continue;
      const step = clone(`step--${way}`, whole.viewer);
      if (isMore !== other.isMore) step.classList.add("mk-ig__step--more");
      step.htmlFor = `open-mk-ig-1-${other.item.dataset.media}`;
      viewer.lastChild.append(step);
    }
  });
}

function makeFeed(o, chosen) {
  const root = find(".mk-ig", whole.viewer).cloneNode();
  if (o.title) root.ariaLabel = o.title;
  const first = o.more && o.more < chosen.length ? o.more : chosen.length;
  const made = chosen.map((one, at) => makeItem(o, one, at, first, chosen.length));
  const counts = countColumns(o, made.map(one => one.rows));
  root.className = listClasses(o, counts);
  for (const { item, rows, number, following } of made) {
    const names = [..."smlx"].filter((_, at) => isLarge(o, number, following, counts[at]));
    if (isRows(o)) names.push(`r${rows >> 1}`, ...(rows % 2 ? ["odd"] : []));
    item.classList.add(...names.map(name => `mk-ig__item--${name}`));
  }
  addSteps(made);
  const fill = group => {
    const isStrip = o.layout === "carousel", box = part("items", whole[isStrip ? "image" : "viewer"]).cloneNode();
    if (isStrip && o.open === "none") Object.assign(box, { tabIndex: 0, ariaLabel: root.ariaLabel });
    box.append(...group.map(one => one.item));
    return box;
  };
  if (o.header) root.append(clone("header", whole.viewer));
  root.append(made.length ? fill(made.slice(0, first)) : clone("empty", whole.empty));
  if (made.length > first) {
    const more = part("more", whole.post).cloneNode();
    more.append(clone("toggle", whole.post), fill(made.slice(first)));
    root.append(more);
  }
  if (!o.new_tab) for (const link of list("a[target]", root)) ["target", "rel"].forEach(name => link.removeAttribute(name));
  return root;
}

function readOptions() {
  const options = {}, changed = [], unused = [];
  for (const control of controls.filter(({ kind }) => !/view|look/.test(kind))) {
    const { element, option, base } = control, standard = parse(control, base);
    element.setCustomValidity?.(isWrong(control, read(control)) ? "Not valid" : "");
    const isRight = element.validity?.valid ?? true;
    const value = isRight ? parse(control, read(control)) : standard, yaml = toYAML(control, value);
    options[option] = yaml ? value : standard;
    if (!isRight) unused.push(option);
    if (yaml && yaml !== toYAML(control, standard)) changed.push(`${option}: ${yaml}`);
  }
  return [options, changed.join(", "), unused.join(", ")];
}

function describe(o, unused, count) {
  const notes = [`${count} of ${media.length} posts.`];
  if (unused) notes.push(`Not valid: ${unused}.`);
  if (o.account.some(name => name !== shown)) notes.push(`Shown: ${shown} only.`);
  if (o.template !== "feed.html") notes.push("Own templates are not shown here.");
  return notes.join(" ");
}

function update() {
  const [options, flow, unused] = readOptions(), chosen = choose(options), feed = makeFeed(options, chosen);
  const address = new URLSearchParams(), look = [];
  for (const control of controls) {
    const { option, kind, base, unit } = control, text = read(control);
    if (text !== start(control)) address.set(option, text);
    if (kind !== "look" || !text || text === base) continue;
    feed.style.setProperty(option, text + unit);
    look.push(`  ${option}: ${text}${unit};\n`);
  }
  find(".ed-stage").replaceChildren(feed);
  find(".ed-stage").className = `ed-stage ed-${read(byName.width)} ed-${read(byName.scheme)}`;
  const preset = isWrong(byName.preset, read(byName.preset)) ? byName.preset.base : read(byName.preset);
  const texts = {
    tag: `<!-- instagram${flow && ` {${flow}}`} -->`,
    preset: `plugins:\n  - instagram:\n      feeds:\n        ${preset}: {${flow}}\n\n# <!-- instagram ${preset} -->`,
    css: `.mk-ig {\n${look.join("")}}`,
    note: describe(options, unused, chosen.length),
  };
  for (const [name, text] of Object.entries(texts)) find(`#ed-${name}`).textContent = text;
  find("#ed-css").closest("div").hidden = !look.length;
  history.replaceState(null, "", `#${address}`);
}

function load() {
  const address = new URLSearchParams(location.hash.slice(1));
  for (const control of controls) write(control, address.get(control.option) ?? start(control));
  update();
}

async function copy({ target }) {
  await navigator.clipboard.writeText(find("code", target.parentElement).textContent);
  target.textContent = "Copied";
  setTimeout(() => { target.textContent = "Copy"; }, 1500);
}

document.body.className = "ed-works";
for (const picture of list(".ed-picture")) picture.inert = true;
for (const button of list(".ed-code button")) button.addEventListener("click", copy);
document.addEventListener("input", update);
addEventListener("hashchange", load);
load();
