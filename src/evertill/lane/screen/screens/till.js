// The cash in the drawer: opening float, cash in and out, the count at the end, the reports.

import { html, useLayoutEffect, useRef, useState } from "../vendor/preact-htm.js";
import { Button, Choices, Dialog, Field, Form, HelpButton, Pad, padded, sayings } from "../parts.js";
import { act, actAndClose, close } from "../store.js";
import { moment, money, read, typed, whole } from "../figures.js";
import { name, t } from "../words.js";

const digitsOf = (shop, currency) => (shop.currencies[currency] || { digits: 2 }).digits;

/** The notes and coins of each currency that the shop takes in cash: {EUR: [50000, ...]}.
 * What has its usual value is left out of the catalogue: a tender without a kind is cash. */
function cashOf(shop) {
  const cash = {};
  for (const tender of shop.tenders) if ((tender.kind || "cash") === "cash") cash[tender.currency] = tender.notes_minor || [];
  return Object.keys(cash).length ? cash : { [shop.currency]: [] };
}

const pieces = (text) => (/^\d{1,6}$/.test(text || "") ? Number(text) : 0);
const sum = (counts) => Object.entries(counts || {}).reduce((all, [worth, text]) => all + Number(worth) * pieces(text), 0);

/** A table to type pieces of each note and coin into. */
function Count({ shop, currency, notes, counts, onCount }) {
  const digits = digitsOf(shop, currency);
  return html`<fieldset class="count"><legend>${t("Notes and coins, {currency}", { currency })}</legend>
    <div class="count-grid">
      ${notes.map((worth, place) => html`<label class="count-row" key=${worth}>
        <span class="count-worth">${money(worth, currency, digits)}</span><span aria-hidden="true">×</span>
        <input inputmode="numeric" value=${counts[worth] || ""} data-first=${place === 0 ? "" : null} data-testid=${`count-${currency}-${worth}`}
          onInput=${(event) => onCount({ ...counts, [worth]: event.target.value })} />
        <span class="count-sum">${money(worth * pieces(counts[worth]), currency, digits)}</span></label>`)}
    </div>
    <p class="count-total"><span>${t("Counted")}</span><strong>${money(sum(counts), currency, digits)}</strong></p></fieldset>`;
}

/** The start of a shift: how much cash is in the drawer. */
export function OpenShift({ shop, ui, link }) {
  const cash = cashOf(shop);
  const [way, setWay] = useState("amount");
  const [texts, setTexts] = useState({});
  const [counts, setCounts] = useState({});
  const currencies = Object.keys(cash);
  const amount = (currency) =>
    way === "count" ? sum(counts[currency]) : texts[currency] ? read(texts[currency], digitsOf(shop, currency)) : 0;
  const bad = currencies.some((currency) => amount(currency) === null);
  const submit = () =>
    act({ type: "OpenShift", float_minor: Object.fromEntries(currencies.map((currency) => [currency, amount(currency)])) });
  const saying = sayings({ ui, link });
  const main = currencies[0];
  const card = useRef(null);
  useLayoutEffect(() => { card.current.querySelector("[data-first]").focus(); }, [way]);
  return html`<main class="desk"><section ref=${card} class="desk-card">
    <div class="desk-head"><h1>${t("Open the shift")}</h1><${HelpButton} /></div>
    <p class="lead">${t("How much cash is in the drawer to begin with?")}</p>
    <${Choices} label=${t("How to enter the float")} value=${way} onPick=${setWay}
      options=${[{ id: "amount", label: t("Type the amount") }, { id: "count", label: t("Count notes and coins") }]} />
    <${Form} label=${t("Open the shift")} onSubmit=${submit} off=${bad} testid="open-shift">
      ${way === "amount"
        ? html`<div class="side">
            <div>${currencies.map((currency, place) => html`<${Field} key=${currency} label=${t("Opening float, {currency}", { currency })} first=${place === 0}
              value=${texts[currency] || ""} unit=${currency} testid=${`float-${currency}`} placeholder=${typed(0, digitsOf(shop, currency))}
              onInput=${(text) => setTexts({ ...texts, [currency]: text })} />`)}</div>
            <${Pad} onKey=${(key) => setTexts({ ...texts, [main]: padded(texts[main] || "", key) })} /></div>`
        : currencies.map((currency) => html`<${Count} key=${currency} shop=${shop} currency=${currency} notes=${cash[currency]}
            counts=${counts[currency] || {}} onCount=${(next) => setCounts({ ...counts, [currency]: next })} />`)}
    <//>
    <p class=${`dialog-saying ${saying ? saying.tone : ""}`} role="alert">${saying ? saying.text : ""}</p>
  </section></main>`;
}

/** The end of a shift: count the drawer without being told what should be in it. */
export function CloseShift({ shop }) {
  const cash = cashOf(shop);
  const [counts, setCounts] = useState({});
  const submit = () => actAndClose({
    type: "CloseShift",
    counts: Object.fromEntries(Object.entries(cash).map(([currency, notes]) =>
      [currency, Object.fromEntries(notes.map((worth) => [String(worth), pieces((counts[currency] || {})[worth])]))])),
  });
  return html`<${Dialog} title=${t("Close the shift")} wide testid="close-shift-dialog">
    <p class="lead">${t("Count the drawer. The report then shows what is over or short.")}</p>
    <${Form} label=${t("Close the shift and print the Z report")} onSubmit=${submit} testid="close-shift">
      ${Object.entries(cash).map(([currency, notes]) => html`<${Count} key=${currency} shop=${shop} currency=${currency} notes=${notes}
        counts=${counts[currency] || {}} onCount=${(next) => setCounts({ ...counts, [currency]: next })} />`)}
    <//><//>`;
}

/** Cash put into the drawer or taken out of it, and why. */
export function MoveCash({ shop, dialog }) {
  const currencies = Object.keys(cashOf(shop));
  const [currency, setCurrency] = useState(currencies[0]);
  const [text, setText] = useState("");
  const reasons = shop.reasons.cash || [];
  const [reason, setReason] = useState(reasons.length ? reasons[0].id : "");
  const amount = read(text, digitsOf(shop, currency));
  const sign = dialog.way === "out" ? -1 : 1;
  const title = dialog.way === "out" ? t("Take cash out") : t("Put cash in");
  return html`<${Dialog} title=${title} testid="move-cash-dialog">
    <${Form} label=${title} off=${!amount || amount < 0} testid="move-cash"
      onSubmit=${() => actAndClose({ type: "MoveCash", currency, amount_minor: sign * amount, reason })}>
      <div class="side"><div>
        <${Field} label=${t("Amount")} value=${text} onInput=${setText} unit=${currency} first testid="cash-amount" />
        ${currencies.length > 1 && html`<${Choices} label=${t("Currency")} value=${currency} onPick=${setCurrency}
          options=${currencies.map((one) => ({ id: one, label: one }))} />`}
        <${Reasons} reasons=${reasons} value=${reason} onPick=${setReason} /></div>
        <${Pad} onKey=${(key) => setText(padded(text, key))} /></div>
    <//><//>`;
}

/** The reasons the shop has for this, of which one is picked. */
export function Reasons({ reasons, value, onPick }) {
  if (!reasons.length) return null;
  return html`<div class="reasons"><span class="field-label">${t("Reason")}</span>
    <${Choices} label=${t("Reason")} value=${value} onPick=${onPick}
      options=${reasons.map((one) => ({ id: one.id, label: name(one.names) }))} /></div>`;
}

/** Opening the drawer without a sale, and why. */
export function OpenDrawer({ shop }) {
  const reasons = shop.reasons.drawer || [];
  const [reason, setReason] = useState(reasons.length ? reasons[0].id : "");
  return html`<${Dialog} title=${t("Open the drawer")} testid="drawer-dialog">
    <${Form} label=${t("Open the drawer")} onSubmit=${() => actAndClose({ type: "OpenDrawer", reason })}>
      <${Reasons} reasons=${reasons} value=${reason} onPick=${setReason} /><//><//>`;
}

/** An X report (the shift so far) or a Z report (the shift that was closed). */
export function Report({ shop, dialog }) {
  const report = dialog.report;
  const closed = Boolean(report.closed_at);
  const title = closed ? t("Z report, shift {number}", { number: report.shift }) : t("X report, shift {number}", { number: report.shift });
  const row = (label, value, look = "") => html`<tr class=${look}><th scope="row">${label}</th><td>${value}</td></tr>`;
  return html`<${Dialog} title=${title} wide testid="report">
    <p class="lead">${t("Opened {at}", { at: moment(report.opened_at, "full") })}${closed ? ` · ${t("Closed {at}", { at: moment(report.closed_at, "full") })}` : ""}</p>
    <div class="report">
      ${report.totals.map((total) => {
        const show = (minor) => money(minor || 0, total.currency, digitsOf(shop, total.currency));
        return html`<table key=${total.currency}><caption>${t("Takings, {currency}", { currency: total.currency })}</caption><tbody>
          ${row(t("Receipts"), whole(total.sales || 0))}${row(t("Total taken"), show(total.gross_minor), "strong")}
          ${row(t("Without tax"), show(total.net_minor))}${row(t("Tax"), show(total.tax_minor))}
          ${total.discount_minor ? row(t("Discounts"), show(-total.discount_minor)) : null}
          ${total.returned_minor ? row(t("Returned goods"), show(total.returned_minor)) : null}
          ${total.rounding_minor ? row(t("Cash rounding"), show(total.rounding_minor)) : null}</tbody></table>`;
      })}
      ${report.tenders.length > 0 && html`<table><caption>${t("By way of paying")}</caption><tbody>
        ${report.tenders.map((one) => row(`${name(one.names)} (${whole(one.count || 0)})`,
          money(one.amount_minor || 0, one.currency, digitsOf(shop, one.currency))))}</tbody></table>`}
      ${report.cash.map((line) => {
        const show = (minor) => money(minor, line.currency, digitsOf(shop, line.currency));
        const counted = line.counted_minor ?? null;
        const over = counted === null ? 0 : counted - line.expected_minor;
        return html`<table key=${`cash-${line.currency}`}><caption>${t("Cash in the drawer, {currency}", { currency: line.currency })}</caption><tbody>
          ${row(t("Opening float"), show(line.float_minor))}${(report.moved_minor || {})[line.currency] ? row(t("Cash put in and taken out"), show(report.moved_minor[line.currency])) : null}
          ${row(t("Should be there"), show(line.expected_minor))}
          ${counted === null ? null : row(t("Counted"), show(counted))}
          ${counted === null ? null : row(over > 0 ? t("Over") : over < 0 ? t("Short") : t("Difference"), show(over), over ? "strong warn" : "strong")}</tbody></table>`;
      })}
      <table><caption>${t("Also")}</caption><tbody>
        ${row(t("Sales given up"), whole(report.voided_sales || 0))}${row(t("Lines voided"), whole(report.voided_lines || 0))}
        ${row(t("Drawer opened without a sale"), whole(report.drawer_openings || 0))}</tbody></table>
    </div>
    <div class="form-foot"><${Button} look="big main" label=${t("Done")} act=${close} testid="report-done" /></div>
  <//>`;
}

/** Parked baskets: pick one up again. */
export function Parked({ view }) {
  return html`<${Dialog} title=${t("Parked sales")} testid="parked-dialog">
    ${view.parked.length === 0 && html`<p class="lead">${t("No sale is parked.")}</p>`}
    <ul class="list">${view.parked.map((one, place) => html`<li key=${one.id}>
      <button type="button" class="button list-row" data-first=${place === 0 ? "" : null} data-testid="recall"
        onClick=${() => actAndClose({ type: "RecallSale", parked: one.id })}>
        <span class="list-main">${one.note || t("Parked at {at}", { at: moment(one.parked_at, "time") })}
          <small>${t("{at} · {lines} lines · {staff}", { at: moment(one.parked_at, "time"), lines: whole(one.lines), staff: one.staff })}</small></span>
        <strong>${money(one.total_minor, one.currency, one.digits)}</strong></button></li>`)}</ul>
  <//>`;
}

export { digitsOf };
