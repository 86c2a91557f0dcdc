// Paying: what is due, very large; the notes a customer is likely to hand over; several tenders.

import { html, useLayoutEffect, useRef, useState } from "../vendor/preact-htm.js";
import { Button, Pad, padded } from "../parts.js";
import { arrive } from "../scans.js";
import { act, change } from "../store.js";
import { money, read } from "../figures.js";
import { name, t } from "../words.js";

const CODE = /^\d{10,}$/; // nobody pays ten digits and more: a scan that came too slowly to be told by time
const SAME_CLICK_MS = 700; // the second half of a double click is no second payment

export function Pay({ view, ui }) {
  const sale = view.sale;
  const show = (minor) => money(minor, sale.currency, sale.digits);
  const [picked, setPicked] = useState(null);
  const [text, setText] = useState("");
  const field = useRef(null);
  const taken = useRef(-Infinity);
  const due = sale.due.find((one) => one.tender === picked) || sale.due[0];
  useLayoutEffect(() => { if (field.current) field.current.focus(); }, [due && due.tender, ui.dialog === null]);
  if (!due) return html`<section class="pay"><p class="lead">${t("No way to pay is set up for {currency}.", { currency: sale.currency })}</p><${Back} /></section>`;
  const refund = due.due_minor < 0;
  const amount = text === "" ? null : read(text, sale.digits);
  const rounding = due.due_minor - sale.remaining_minor;
  const take = (amount_minor) => {
    if (performance.now() - taken.current < SAME_CLICK_MS) return undefined;
    taken.current = performance.now();
    setText("");
    return act({ type: "TakeTender", tender: due.tender, ...(amount_minor === null ? {} : { amount_minor }) });
  };
  const submit = (event) => {
    event.preventDefault();
    if (CODE.test(text)) {
      setText("");
      arrive(text, "");
    } else if (text === "" || amount !== null) take(amount);
  };
  const digits = (key) => setText(padded(text, key));
  return html`<section class="pay" aria-label=${t("Pay")}>
    <div class="pay-head"><${Back} />
      <div class="pay-due"><span>${refund ? t("To pay out") : sale.tenders.length ? t("Still to pay") : t("Due")}</span>
        <strong data-testid="due">${show(Math.abs(due.due_minor))}</strong>
        <small>${rounding ? t("Rounded to coins from {amount}", { amount: show(Math.abs(sale.remaining_minor)) }) : ""}</small></div></div>
    <div class="tenders" role="radiogroup" aria-label=${t("Way to pay")}>
      ${sale.due.map((one) => html`<button type="button" role="radio" key=${one.tender} class="button tender" aria-checked=${String(one === due)}
        data-testid=${`tender-${one.tender}`} onClick=${() => { setPicked(one.tender); setText(""); }}><span class="button-label">${name(one.names)}</span></button>`)}</div>
    <form class="pay-amount" onSubmit=${submit}>
      <div class="notes">
        <button type="button" class="button big note exact" data-testid="exact" onClick=${() => take(null)}>
          <span class="button-label">${refund ? t("Pay out {amount}", { amount: show(-due.due_minor) }) : t("Exact: {amount}", { amount: show(due.due_minor) })}</span></button>
        ${(due.quick_minor || []).map((worth) => html`<button type="button" class="button big note" key=${worth} data-testid=${`note-${worth}`} onClick=${() => take(worth)}>
          <span class="button-label">${show(worth)}</span></button>`)}
        ${sale.tenders.length > 0 && html`<ul class="taken">${sale.tenders.map((one) => html`<li key=${one.no}><span>${name(one.names)}</span><strong>${show(one.amount_minor)}</strong>
          <${Button} look="quiet" label=${t("Give back")} act=${() => act({ type: "RemoveTender", tender_no: one.no })} /></li>`)}</ul>`}
      </div>
      <div class="pay-type">
        <label class="field"><span class="field-label">${due.kind === "cash" && !refund ? t("Cash handed over") : t("Amount")}</span>
          <span class="field-box"><input ref=${field} class="amount" value=${text} autocomplete="off" inputmode=${ui.touch ? "none" : "decimal"} data-testid="amount"
            placeholder=${show(Math.abs(due.due_minor))} aria-invalid=${String(text !== "" && amount === null)}
            onInput=${(event) => setText(event.target.value)} /></span></label>
        <${Pad} onKey=${digits} point=${sale.digits > 0} />
        <button type="submit" class="button big pay" data-testid="take"><span class="button-label">
          ${due.kind === "cash" ? t("Take cash") : t("Paid with {tender}", { tender: name(due.names) })}</span><kbd aria-hidden="true">Enter</kbd></button>
      </div>
    </form></section>`;
}

const Back = () => html`<${Button} label=${t("Back")} fkey="Esc" act=${() => change({ stage: "sale" })} testid="back" />`;
