// After paying: the change, very large, and the receipt. The next scan begins the next sale by itself.

import { html, useEffect, useRef, useState } from "../vendor/preact-htm.js";
import { Button, Dialog } from "../parts.js";
import { act, change, open } from "../store.js";
import { ask } from "../link.js";
import { moment, money, whole } from "../figures.js";
import { locale, t } from "../words.js";
import { Page } from "./page.js";

/** The receipt as it is printed, fetched from the agent. */
export function Receipt({ receipt }) {
  const [page, setPage] = useState(null);
  const language = locale();
  useEffect(() => {
    let wanted = true;
    ask(`/api/v1/receipts/${encodeURIComponent(receipt)}/page?locale=${language}`).then((found) => wanted && setPage(found));
    return () => { wanted = false; };
  }, [receipt, language]);
  return html`<${Page} page=${page} receipt=${receipt} label=${t("Receipt {number}", { number: receipt })} />`;
}

export const pdf = (receipt) => `/api/v1/receipts/${encodeURIComponent(receipt)}/pdf?locale=${locale()}`;

export function Paid({ view }) {
  const last = view.last;
  const show = (minor) => money(minor, last.currency, last.digits);
  const refund = last.total_minor < 0;
  return html`<section class="paid" aria-label=${t("Paid")} data-testid="paid">
    <div class="paid-change" role="status">
      <span>${refund ? t("Paid out") : t("Change")}</span>
      <strong data-testid="change">${show(refund ? Math.abs(last.total_minor + last.rounding_minor) : last.change_minor)}</strong>
      <small>${refund ? "" : t("{total} paid, {given} received", { total: show(last.total_minor + last.rounding_minor), given: show(last.given_minor) })}</small>
    </div>
    <div class="paper-frame"><${Receipt} receipt=${last.receipt} /></div>
    <div class="paid-foot">
      <${Button} label=${t("Print again")} testid="reprint" act=${() => act({ type: "ReprintReceipt", receipt: last.receipt })} />
      <a class="button" href=${pdf(last.receipt)} target="_blank" rel="noopener" data-testid="pdf"><span class="button-label">${t("PDF")}</span></a>
      <${Button} look="main" label=${t("Next customer")} fkey="Esc" testid="next" act=${() => change({ seen: last.receipt })} />
    </div>
    <p class="paid-hint">${t("The next scan begins the next sale.")}</p></section>`;
}

/** Earlier receipts: look at one, print it again, take goods back. */
export function Receipts({ view }) {
  const [list, setList] = useState(null);
  const [picked, setPicked] = useState(null);
  useEffect(() => { ask("/api/v1/receipts?limit=20").then((found) => setList((found && found.receipts) || [])); }, []);
  const rows = useRef(null);
  useEffect(() => { if (rows.current && rows.current.querySelector("button")) rows.current.querySelector("button").focus(); }, [list]);
  return html`<${Dialog} title=${t("Receipts")} wide testid="receipts-dialog">
    <div class="split"><ul class="list" ref=${rows}>${(list || []).map((one) => html`<li key=${one.receipt}>
      <button type="button" class="button list-row" aria-pressed=${String(picked === one.receipt)} onClick=${() => setPicked(one.receipt)}>
        <span class="list-main">${one.receipt}<small>${t("{at} · {lines} lines · {staff}", { at: moment(one.completed_at), lines: whole(typeof one.lines === "number" ? one.lines : one.lines.length), staff: one.staff_name })}</small></span>
        <strong>${money(one.total_minor, one.currency, digitsFor(view, one))}</strong></button></li>`)}
      ${list && list.length === 0 && html`<li class="lead">${t("No receipt yet.")}</li>`}</ul>
    <div>${picked ? html`<div class="paper-frame"><${Receipt} receipt=${picked} /></div>
      <div class="paid-foot">
        <${Button} label=${t("Print again")} act=${() => act({ type: "ReprintReceipt", receipt: picked })} />
        <a class="button" href=${pdf(picked)} target="_blank" rel="noopener"><span class="button-label">${t("PDF")}</span></a>
        <${Button} label=${t("Take goods back")} act=${() => open({ kind: "return", receipt: picked })} /></div>`
      : html`<p class="lead">${t("Pick a receipt.")}</p>`}</div></div><//>`;
}

const digitsFor = (view, one) => (one.digits !== undefined ? one.digits : view.last && view.last.currency === one.currency ? view.last.digits : 2);
