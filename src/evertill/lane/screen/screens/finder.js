// One box for everything that names goods: a scan, a typed code, a name in any language, "3*" before it,
// a receipt's QR. Below it the goods as tiles.

import { html, useEffect } from "../vendor/preact-htm.js";
import { COMMAND, obey } from "../commands.js";
import { act, change, open, store } from "../store.js";
import { ask } from "../link.js";
import { read, unitPrice } from "../figures.js";
import { name, otherName, t } from "../words.js";

const TYPING_MS = 90;
const TILES_MAX = 48;
const RECEIPT_QR = /^EVT1:/i;
const TIMES = /^\s*([-−]?[\d.,]+)\s*[*x×]\s*(.*)$/;

let asked = null;
let lookedFor = "";
let typing = 0;

/** The quantity before a "*" and the rest: "3*milk" -> {quantity_milli: 3000, rest: "milk"}. */
export function split(text) {
  const found = TIMES.exec(text);
  const milli = found ? read(found[1], 3) : null;
  return milli === null ? { quantity_milli: null, rest: text.trim() } : { quantity_milli: milli, rest: found[2].trim() };
}

/** Whether a text is a code to ring up rather than words to look for. */
const isCode = (text) => /^[^\p{L}\s]+$/u.test(text) || /^[\](\x1d]/.test(text);

async function fetchProducts(text, category) {
  if (asked) asked.abort();
  asked = new AbortController();
  const query = new URLSearchParams({ q: text, limit: String(TILES_MAX) });
  if (category) query.set("category", category);
  const found = await ask(`/api/v1/products?${query}`, { signal: asked.signal });
  return found && found.products ? found.products : null;
}

/** Two shelves that are no category: what the shop put in front, and what sells at this hour. */
const FAVOURITES = "*favourites";
const SELLERS = "*best_sellers";

/** The goods of one of the two, or null if the agent does not say. */
async function shelf(which) {
  const tiles = await ask("/api/v1/tiles");
  return (tiles && tiles[which.slice(1)]) || null;
}

/** Shows the goods for a text and a category; a text is looked for everywhere beyond the two shelves. */
export async function look(text, category) {
  lookedFor = text;
  const onShelf = category === FAVOURITES || category === SELLERS;
  const products = onShelf && !text ? await shelf(category) : await fetchProducts(text, onShelf ? null : category);
  if (products && category === store.ui.category && text === lookedFor) change({ results: products, pick: -1 });
}

/** What is shown first: the favourites, where the shop has any. */
async function lookFirst() {
  const favourites = store.ui.category === null && !store.ui.text ? await shelf(FAVOURITES) : null;
  if (favourites && favourites.length) change({ category: FAVOURITES, results: favourites, pick: -1 });
  else await look(split(store.ui.text).rest, store.ui.category);
}

function type(text) {
  change({ text });
  clearTimeout(typing);
  const { rest } = split(text);
  if (RECEIPT_QR.test(rest) || COMMAND.test(rest) || (rest.length > 5 && isCode(rest))) return;
  typing = setTimeout(() => look(rest, store.ui.category), TYPING_MS);
}

/** Rings up a product that was picked from the tiles. */
export function ring(product) {
  const { quantity_milli } = split(store.ui.text);
  clear();
  return act({ type: "Scan", code: product.sku, sku: product.sku, quantity_milli });
}

/** What stood in the box before a scanner typed into it. */
export function putBack(text) {
  clearTimeout(typing);
  const box = document.getElementById("search");
  if (box) box.value = text;
  change({ text });
  if (split(text).rest !== lookedFor) look(split(text).rest, store.ui.category);
}

/** Rings up a scanned code; what was being looked for is given up. `before`: what stood in the box ("3*"). */
export function rung(code, before) {
  const stood = split(before);
  const scanned = split(code); // a quick hand's "3*" may have come in one burst with the scan
  clear();
  return ringCode(scanned.rest, stood.quantity_milli !== null && /^(\d+|EVT\S*)?$/i.test(stood.rest) ? stood.quantity_milli : scanned.quantity_milli);
}

function ringCode(code, quantity_milli) {
  if (RECEIPT_QR.test(code)) return open({ kind: "return", receipt: code });
  return act({ type: "Scan", code, quantity_milli });
}

function clear() {
  clearTimeout(typing);
  change({ text: "", pick: -1 });
  if (lookedFor !== "") look("", store.ui.category);
}

/** What Enter in the box does: a code is rung up, words pick the goods they find. */
export async function enter() {
  const { text, results, pick } = store.ui;
  const { quantity_milli, rest } = split(text);
  if (pick >= 0 && results && results[pick]) return ring(results[pick]);
  if (!rest) return undefined;
  const command = text.search(/EVTCMD:/i); // behind a "3*", if the scan was too slow to be told from typing
  if (command >= 0) {
    putBack(text.slice(0, command));
    return obey(text.slice(command));
  }
  if (RECEIPT_QR.test(rest) || isCode(rest)) {
    clear();
    return ringCode(rest, quantity_milli);
  }
  clearTimeout(typing);
  lookedFor = rest;
  const products = await fetchProducts(rest, null);
  const exact = products && products.find((one) => one.sku === rest || one.codes.includes(rest));
  if (exact || (products && products.length === 1)) return ring(exact || products[0]);
  if (products && products.length) return change({ results: products, pick: 0 });
  clear();
  return act({ type: "Scan", code: rest, quantity_milli });
}

/** Up and down in the box: through the tiles while something is looked for. */
export function walk(step) {
  const { text, results, pick } = store.ui;
  if (!split(text).rest || !results || !results.length) return false;
  change({ pick: Math.max(0, Math.min(results.length - 1, pick + step)) });
  return true;
}

/** A mouse wheel moves the row of categories sideways. */
function aside(event) {
  if (!event.deltaX) event.currentTarget.scrollLeft += event.deltaY;
}

/** One or two letters that stand for a name: the picture of goods that have none. */
function initials(text) {
  const words = text.split(/[\s,]+/).filter((word) => /^[\p{L}\d]/u.test(word));
  const first = [...(words[0] || text)][0] || "";
  return /\p{Script=Han}/u.test(first) || words.length < 2 ? first.toUpperCase() : (first + [...words[1]][0]).toUpperCase();
}

/** Black or white, whichever stands out on a colour: the WCAG luminance against its middle. */
function inkOn(colour) {
  const parts = /^#(..)(..)(..)$/.exec(colour);
  if (!parts) return "";
  const [red, green, blue] = parts.slice(1).map((hex) => parseInt(hex, 16) / 255).map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? "#000000" : "#ffffff";
}

function Tile({ product, shop, on }) {
  const digits = (shop.currencies[product.currency] || { digits: 2 }).digits;
  const category = shop.categories.find((one) => (product.categories || []).includes(one.id) && one.colour);
  const colour = product.colour || (category && category.colour) || "";
  const open_price = product.open_price || product.unit_price_e4 == null;
  const price = open_price
    ? t("Open price")
    : unitPrice(product.unit_price_e4, product.currency, digits) + (product.unit === "kg" ? "/kg" : "");
  return html`<button type="button" class=${on ? "tile on" : "tile"} style=${colour ? { "--tile": colour } : {}} data-testid="tile"
    onClick=${() => ring(product)}>
    <span class="tile-name">${name(product.names) || product.sku}</span>
    <span class="tile-other" lang="">${otherName(product.names)}</span>
    <span class="tile-foot"><b class=${open_price ? "word" : ""}>${price}</b>${product.age_min ? html`<span class="tag">${t("{years}+", { years: product.age_min })}</span>` : ""}
      <i class="tile-picture" style=${colour ? { "--tile": colour, color: inkOn(colour) } : {}} aria-hidden="true">${initials(name(product.names) || product.sku)}</i></span></button>`;
}

function nothing({ category, text }) {
  if (text) return t("Nothing found. Try fewer letters, or scan the code.");
  if (category === SELLERS) return t("Nothing was sold yet today.");
  return category === FAVOURITES ? t("The shop has chosen no favourites.") : t("Nothing found. Try fewer letters, or scan the code.");
}

export function Finder({ view, shop, ui }) {
  useEffect(() => { lookFirst(); }, [shop && shop.edition]);
  useEffect(() => { if (ui.category === SELLERS && !ui.text) look("", SELLERS); }, [view.last && view.last.receipt]);
  const products = ui.results;
  const picked = shop.categories.find((one) => one.id === ui.category);
  const inside = picked ? picked.parent || picked.id : null;
  const top = shop.categories.filter((one) => !one.parent || one.parent === inside);
  const chip = (id, label) => html`<button type="button" role="radio" class="button chip" aria-checked=${String(ui.category === id)}
    data-testid=${id === null ? "all" : id.slice(1)} onClick=${() => pick(id)}><span class="button-label">${label}</span></button>`;
  const pick = (category) => { change({ category }); look(split(store.ui.text).rest, category); };
  return html`<section class="finder" aria-label=${t("Goods")}>
    <form class="search" role="search" onSubmit=${(event) => { event.preventDefault(); enter(); }}>
      <input id="search" class="search-box" value=${ui.text} autocomplete="off" spellcheck=${false} autofocus data-testid="search"
        inputmode=${ui.touch && !ui.keyboard ? "none" : "search"} aria-label=${t("Scan or search")} placeholder=${t("Scan or search: code, name, 3* for three")}
        onInput=${(event) => type(event.target.value)} />
      <kbd aria-hidden="true">F2</kbd>
      ${ui.text && html`<button type="button" class="button quiet" aria-label=${t("Clear")} onClick=${clear}><span class="button-label cross" aria-hidden="true"></span></button>`}
      ${ui.touch && html`<button type="button" class="button quiet" aria-pressed=${String(Boolean(ui.keyboard))} onClick=${() => change({ keyboard: !ui.keyboard })}>
        <span class="button-label">${t("Keyboard")}</span></button>`}
    </form>
    ${top.length > 0 && html`<div class=${top.length > 5 ? "categories" : "categories few"} role="radiogroup" aria-label=${t("Categories")} onWheel=${aside}>
      ${chip(FAVOURITES, t("Favourites"))}${chip(SELLERS, t("Selling now"))}${chip(null, t("All"))}
      ${top.map((one) => html`<button type="button" role="radio" class="button chip" key=${one.id} aria-checked=${String(ui.category === one.id)}
        style=${one.colour ? { "--tile": one.colour } : {}} onClick=${() => pick(one.id)}><span class="button-label">${name(one.names)}</span></button>`)}</div>`}
    <div class="tiles" data-testid="tiles">
      ${products && products.length === 0
        ? html`<p class="lead">${nothing(ui)}</p>`
        : (products || []).map((product, place) => html`<${Tile} key=${product.sku} product=${product} shop=${shop} on=${place === ui.pick} />`)}
    </div>
  </section>`;
}
