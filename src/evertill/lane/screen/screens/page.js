// A printable page (lane/printing) drawn as paper: the same rows the printer gets.

import { html } from "../vendor/preact-htm.js";
import { t } from "../words.js";

const look = (row, more = "") => `row ${more} ${row.bold ? "bold" : ""} ${row.large ? "large" : ""} ${row.align || ""}`;

const ROWS = {
  text: (row) => html`<p class=${look(row)}>${row.text}</p>`,
  pair: (row) => html`<p class=${look(row, `pair indent-${Math.min(row.indent || 0, 3)}`)}><span>${row.left}</span><span>${row.right}</span></p>`,
  columns: (row) => html`<p class=${look(row, "columns")}>${row.cells.map((cell, place) =>
    html`<span style=${{ flexGrow: String(row.weights[place]) }}>${cell}</span>`)}</p>`,
  rule: (row) => html`<hr class=${row.double ? "double" : ""} />`,
  feed: () => html`<p class="row">${" "}</p>`,
};

export function Page({ page, label, receipt }) {
  if (!page || page.refusal)
    return html`<div class="paper" aria-busy=${String(!page)}><p class="lead">${page ? t("The receipt cannot be shown now.") : ""}</p></div>`;
  return html`<div class="paper" role="document" aria-label=${label} tabindex="0" data-testid="paper">
    ${page.rows.map((row) => (ROWS[row.type] ? ROWS[row.type](row) : null))}
    ${receipt && html`<img class="paper-code" alt=${t("Code of receipt {number}", { number: receipt })}
      src=${`/api/v1/receipts/${encodeURIComponent(receipt)}/code.svg`} />`}</div>`;
}
