// What the customer sees: the lines as they come, what was saved, the total; then thanks and the receipt's code;
// in between a quiet picture. Shows the agent's state like the register's screen does; nothing can be asked for here.

import { html, render, useEffect, useRef } from "./vendor/preact-htm.js";
import { takeUp } from "./device.js";
import { money, moment, quantity, unitPrice, whole } from "./figures.js";
import { follow } from "./link.js";
import { name, speak, t } from "./words.js";

const TEXT_MS = 12_000;

const known = { view: null, link: "starting", turn: 0 };

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
  const paid = sale.paid_minor !== 0;
  return html`<main class="shown">
    <ol class="shown-lines" aria-label=${t("Basket")}>${sale.lines.map((line, place) => html`<${Line} key=${line.no} line=${line} sale=${sale} newest=${place === sale.lines.length - 1} />`)}</ol>
    <section class="shown-total" aria-live="polite">
      <ul class="shown-gained">${sale.promotions.map((one) => html`<li><span>${name(one.names)}</span> <b>${show(-one.amount_minor)}</b></li>`)}</ul>
      <p>${t("Items")} <b>${whole(sale.items)}</b></p>
      <p class="shown-saved">${sale.discount_minor > 0 ? t("You save {amount}", { amount: show(sale.discount_minor) }) : ""}</p>
      <p class="shown-word">${paid ? t("Still to pay") : t("Total")}</p>
      <strong data-testid="display-total">${show(paid ? sale.remaining_minor : sale.total_minor)}</strong></section></main>`;
}

function Thanks({ paid: last }) {
  const show = (minor) => money(minor, last.currency, last.digits);
  return html`<main class="shown-thanks" data-testid="thanks">
    <section><h1>${t("Thank you!")}</h1>
      ${last.change_minor > 0 && html`<p class="shown-word">${t("Change")}</p><strong>${show(last.change_minor)}</strong>`}
      <p>${t("Paid: {amount}", { amount: show(last.total_minor + last.rounding_minor) })}</p></section>
    <figure><img class="shown-code" alt=${t("Code of receipt {number}", { number: last.receipt })} src=${last.picture} />
      <figcaption>${t("Keep this code: with it goods can be returned.")}</figcaption></figure></main>`;
}

/** Nothing is going on: the shop's name over quiet waves. */
const Idle = ({ title, word }) => html`<main class="shown-idle" data-testid="idle">
  <svg viewBox="0 0 1200 400" preserveAspectRatio="none" aria-hidden="true">
    <path class="wave one" d="M0 260C200 180 400 180 600 250S1000 330 1200 240V400H0Z" /><path class="wave two" d="M0 310C240 250 420 260 640 310S1020 370 1200 300V400H0Z" />
    <path class="wave three" d="M0 350C260 320 480 330 700 352S1060 382 1200 350V400H0Z" /></svg>
  <div><h1>${title}</h1><p>${word}</p></div>
  <time>${moment(new Date(), "time")}</time></main>`;

/** One of the texts that the shop wants shown while nothing is going on, each in its turn. */
const said = (texts, turn) => (texts.length ? name(texts[turn % texts.length]) : t("Welcome!"));

function Display({ view, link, turn }) {
  if (!view || link !== "live") return html`<${Idle} title=${view ? name(view.shop) : "Evertill"} word=${t("One moment, please.")} />`;
  if (view.trouble) return html`<${Idle} title=${name(view.shop)} word=${name(view.trouble)} />`;
  if (view.sale && view.sale.lines.length) return html`<${Sale} sale=${view.sale} />`;
  if (view.paid) return html`<${Thanks} paid=${view.paid} />`;
  return html`<${Idle} title=${name(view.shop)} word=${said(view.texts, turn)} />`;
}

function draw(more) {
  Object.assign(known, more);
  render(html`<${Display} ...${known} />`, document.getElementById("screen"));
}

async function take(view, first) {
  if (!first && known.view && view.rev < known.view.rev) return;
  await speak(view.locale);
  draw({ view, link: "live" });
}

takeUp();
follow({
  path: "/api/v1/display",
  onView: take,
  onLost: () => draw({ link: "lost" }),
  onPulse: (answers) => known.link !== "lost" && draw({ link: answers ? "live" : "frozen" }),
});
setInterval(() => draw({ turn: known.turn + 1 }), TEXT_MS);
draw({});
