// What the customer sees: the lines as they come, what was saved, the total; then thanks and the receipt's code;
// in between a quiet picture. Shows the agent's state like the register's screen does; nothing can be asked for here.

import { html, render, useEffect, useRef } from "./vendor/preact-htm.js";
import { takeUp } from "./device.js";
import { money, moment, quantity, unitPrice, whole } from "./figures.js";
import { ask, follow } from "./link.js";
import { name, speak, t } from "./words.js";

const THANKS_MS = 45_000;
const MINUTE_MS = 60_000;

const known = { view: null, shop: null, link: "starting", thanks: null };
let goodbye = 0;

function Line({ line, sale, newest }) {
  const row = useRef(null);
  useEffect(() => { if (newest) row.current.scrollIntoView({ block: "nearest" }); }, [newest, line.quantity_milli]);
  const show = (minor) => money(minor, sale.currency, sale.digits);
  return html`<li class=${newest ? "shown-line newest" : "shown-line"} ref=${row}>
    <span class="shown-name">${name(line.names) || line.sku}</span><strong>${show(line.total_minor)}</strong>
    <small>${quantity(line.quantity_milli, line.unit)} × ${unitPrice(line.unit_price_e4, sale.currency, sale.digits)}${line.unit === "kg" ? "/kg" : ""}</small>
    ${line.discounts.map((part) => html`<span class="shown-gain">${name(part.names)}</span><span class="shown-gain">${show(-part.amount_minor)}</span>`)}</li>`;
}

function Sale({ sale }) {
  const show = (minor) => money(minor, sale.currency, sale.digits);
  const lines = sale.lines.filter((line) => !line.voided);
  const paid = sale.tenders.length > 0;
  return html`<main class="shown">
    <ol class="shown-lines" aria-label=${t("Basket")}>${lines.map((line, place) => html`<${Line} key=${line.no} line=${line} sale=${sale} newest=${place === lines.length - 1} />`)}</ol>
    <section class="shown-total" aria-live="polite">
      <p>${t("Items")} <b>${whole(sale.items)}</b></p>
      <p class="shown-saved">${sale.discount_minor > 0 ? t("You save {amount}", { amount: show(sale.discount_minor) }) : ""}</p>
      <p class="shown-word">${paid ? t("Still to pay") : t("Total")}</p>
      <strong data-testid="display-total">${show(paid ? sale.remaining_minor : sale.total_minor)}</strong></section></main>`;
}

function Thanks({ last }) {
  const show = (minor) => money(minor, last.currency, last.digits);
  return html`<main class="shown-thanks" data-testid="thanks">
    <section><h1>${t("Thank you!")}</h1>
      ${last.change_minor > 0 && html`<p class="shown-word">${t("Change")}</p><strong>${show(last.change_minor)}</strong>`}
      <p>${t("Paid: {amount}", { amount: show(last.total_minor + last.rounding_minor) })}</p></section>
    <figure><img class="shown-code" alt=${t("Code of receipt {number}", { number: last.receipt })} src=${`/api/v1/receipts/${encodeURIComponent(last.receipt)}/code.svg`} />
      <figcaption>${t("Keep this code: with it goods can be returned.")}</figcaption></figure></main>`;
}

/** Nothing is going on: the shop's name over quiet waves. */
const Idle = ({ shop, word }) => html`<main class="shown-idle" data-testid="idle">
  <svg viewBox="0 0 1200 400" preserveAspectRatio="none" aria-hidden="true">
    <path class="wave one" d="M0 260C200 180 400 180 600 250S1000 330 1200 240V400H0Z" /><path class="wave two" d="M0 310C240 250 420 260 640 310S1020 370 1200 300V400H0Z" />
    <path class="wave three" d="M0 350C260 320 480 330 700 352S1060 382 1200 350V400H0Z" /></svg>
  <div><h1>${shop ? name(shop.names) : "Evertill"}</h1><p>${word}</p></div>
  <time>${moment(new Date(), "time")}</time></main>`;

function Display({ view, shop, link, thanks }) {
  if (link !== "live" || !view) return html`<${Idle} shop=${shop} word=${t("One moment, please.")} />`;
  if (view.sale && view.sale.lines.length) return html`<${Sale} sale=${view.sale} />`;
  if (thanks && view.last && view.last.receipt === thanks) return html`<${Thanks} last=${view.last} />`;
  return html`<${Idle} shop=${shop} word=${view.staff && view.shift ? t("Welcome!") : t("This register is closed just now.")} />`;
}

const draw = () => render(html`<${Display} ...${known} />`, document.getElementById("screen"));

async function take(view, first) {
  const before = known.view;
  if (!first && before && view.rev < before.rev) return;
  Object.assign(known, { view, link: "live" });
  const receipt = view.last ? view.last.receipt : null;
  if (before && receipt && receipt !== (before.last ? before.last.receipt : null)) thank(receipt);
  draw();
  if (!known.shop || known.shop.edition !== view.edition) {
    const shop = await ask("/api/v1/shop");
    if (shop && !shop.refusal) known.shop = shop;
  }
  await speak((known.shop && known.shop.locale) || view.locale);
  draw();
}

function thank(receipt) {
  known.thanks = receipt;
  clearTimeout(goodbye);
  goodbye = setTimeout(() => { known.thanks = null; draw(); }, THANKS_MS);
}

function away(link) {
  known.link = link;
  draw();
}

takeUp();
follow({ onView: take, onLost: () => away("lost"), onPulse: (answers) => known.view && known.link !== "lost" && away(answers ? "live" : "frozen") });
setInterval(draw, MINUTE_MS / 4);
draw();
