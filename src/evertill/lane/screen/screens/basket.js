// The basket: its lines in big type, what came off and why, and the total that is always there.

import { html, useEffect, useRef } from "../vendor/preact-htm.js";
import { Button } from "../parts.js";
import { act, change, open } from "../store.js";
import { money, quantity, unitPrice, whole } from "../figures.js";
import { name, t } from "../words.js";

/** The line that actions act on: the one picked, else the one rung up last. */
export function selectedLine(sale, ui) {
  if (!sale) return null;
  const live = sale.lines.filter((line) => !line.voided);
  return live.find((line) => line.no === ui.selected) || live[live.length - 1] || null;
}

/** The selected line after going `step` lines up or down. */
export function neighbour(sale, ui, step) {
  const live = sale.lines.filter((line) => !line.voided);
  const place = live.indexOf(selectedLine(sale, ui));
  const next = live[Math.min(live.length - 1, Math.max(0, place + step))];
  return next ? next.no : null;
}

function Line({ line, sale, selected }) {
  const row = useRef(null);
  useEffect(() => { if (selected && row.current) row.current.scrollIntoView({ block: "nearest" }); }, [selected, line.no, line.quantity_milli, line.discounts.length, line.note]);
  const show = (minor) => money(minor, sale.currency, sale.digits);
  const classes = ["line", selected ? "selected" : "", line.voided ? "voided" : "", line.parent ? "child" : "", line.returned ? "returned" : ""];
  const price = `${unitPrice(line.unit_price_e4, sale.currency, sale.digits)}${line.unit === "kg" ? "/kg" : ""}`;
  const changed = line.total_minor !== line.amount_minor;
  return html`<li class=${classes.join(" ")} ref=${row}>
    <button type="button" class="line-button" aria-pressed=${String(selected)} disabled=${line.voided} data-testid="line"
      onClick=${() => change({ selected: line.no })}>
      <span class="line-name">${line.returned && html`<span class="tag">${t("Return")}</span>`}${line.voided && html`<span class="tag">${t("Voided")}</span>`}${name(line.names) || line.sku}</span>
      <span class="line-total">${show(line.voided ? line.amount_minor : line.total_minor)}</span>
      <span class="line-how"><b>${quantity(line.quantity_milli, line.unit)}</b> × ${price}${line.tare_g ? html` <span class="tag">${t("Tare {grams} g", { grams: whole(line.tare_g) })}</span>` : ""}${line.price_source === "override" && html` <span class="tag">${t("Price changed")}</span>`}</span>
      <span class="line-was">${changed && !line.voided ? html`<s>${show(line.amount_minor)}</s>` : ""}</span>
      ${line.discounts.map((part) => html`<span class="line-part">${name(part.names)}</span><span class="line-part-sum">${show(-part.amount_minor)}</span>`)}
      ${line.note && html`<span class="line-note">${line.note}</span>`}
    </button></li>`;
}

/** What can be done with the selected line; the same keys work without touching it. */
export const LINE_ACTIONS = [
  { key: "F3", label: () => t("Quantity"), testid: "quantity", run: (line) => open({ kind: "quantity", line: line.no }) },
  { key: "F6", label: () => t("Discount"), testid: "discount", run: (line) => open({ kind: "discount", line: line.no }) },
  { key: "F7", label: () => t("Price"), testid: "price", run: (line) => open({ kind: "price", line: line.no }) },
  { key: "F5", label: () => t("Once more"), testid: "repeat", run: () => act({ type: "RepeatLast" }) },
  { key: "Del", label: () => t("Void"), testid: "void", run: (line) => act({ type: "VoidLine", line_no: line.no }) },
];

export function Basket({ view, ui }) {
  const sale = view.sale;
  const line = selectedLine(sale, ui);
  return html`<section class="basket" aria-label=${t("Basket")}>
    ${sale && (sale.customer || sale.notes.length > 0 || sale.coupons.length > 0) && html`<p class="basket-about">
      ${sale.customer && html`<span class="tag plain">${t("Customer: {name}", { name: sale.customer.name })}</span>`}
      ${sale.coupons.map((coupon) => html`<span class="tag plain">${t("Coupon {code}", { code: coupon })}</span>`)}
      ${sale.notes.map((note) => html`<span class="tag plain">${note}</span>`)}</p>`}
    ${sale && sale.lines.length
      ? html`<ol class="lines" data-testid="lines">${sale.lines.map((one) => html`<${Line} key=${one.no} line=${one} sale=${sale} selected=${line === one} />`)}</ol>`
      : html`<div class="lines empty"><p>${t("Scan the first article.")}</p></div>`}
    ${ui.stage !== "pay" && html`<div class="line-actions" role="group" aria-label=${t("Selected line")}>
      ${LINE_ACTIONS.map((action) => html`<${Button} key=${action.key} label=${action.label()} fkey=${action.key} off=${!line}
        testid=${action.testid} act=${() => line && action.run(line)} />`)}
    </div>`}
    <${Totals} sale=${sale} ui=${ui} view=${view} />
  </section>`;
}

function Totals({ sale, ui, view }) {
  const show = (minor) => money(minor, sale.currency, sale.digits);
  const paying = ui.stage === "pay";
  return html`<div class="totals">
    <dl class="totals-parts">
      <div><dt>${t("Items")}</dt><dd data-testid="items">${sale ? whole(sale.items) : "0"}</dd></div>
      <div><dt>${t("Subtotal")}</dt><dd>${sale ? show(sale.subtotal_minor) : "–"}</dd></div>
      <div><dt>${t("Discounts")}</dt><dd>${sale && sale.discount_minor ? show(-sale.discount_minor) : "–"}</dd></div>
      ${sale && sale.tax_minor !== null && html`<div><dt>${t("Tax added")}</dt><dd>${show(sale.tax_minor)}</dd></div>`}
    </dl>
    <p class="total" aria-live="polite"><span>${t("Total")}</span><strong data-testid="total">${sale ? show(sale.total_minor) : "–"}</strong></p>
    ${!paying && html`<div class="totals-foot">
      <${Button} label=${sale ? t("Park") : t("Parked: {n}", { n: whole(view.parked.length) })} fkey="F8" testid="park"
        off=${!sale && view.parked.length === 0} act=${park} />
      <${Button} look="big pay" label=${t("Pay")} fkey="F4" testid="pay" off=${!canPay(sale)} act=${() => change({ stage: "pay", refusal: null })} /></div>`}
  </div>`;
  function park() {
    if (sale) open({ kind: "park" });
    else open({ kind: "parked" });
  }
}

export const canPay = (sale) => Boolean(sale && sale.lines.some((line) => !line.voided));
