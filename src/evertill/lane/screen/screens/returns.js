// Goods come back: find the receipt, pick what comes back and why.

import { html, useEffect, useState } from "../vendor/preact-htm.js";
import { Button, Dialog, Field, Form } from "../parts.js";
import { actAndClose } from "../store.js";
import { ask } from "../link.js";
import { moment, money, quantity, read, typed } from "../figures.js";
import { name, t } from "../words.js";
import { Reasons, digitsOf } from "./till.js";

/** A receipt's number and head code in what was typed or scanned. */
export function parseReceipt(text) {
  const parts = text.trim().split(":");
  return /^EVT1:/i.test(text.trim()) && parts.length >= 5 ? { number: parts[3], head: parts[4].toLowerCase() } : { number: text.trim(), head: null };
}

export function Return({ shop, dialog }) {
  const [text, setText] = useState(dialog.receipt || "");
  const [found, setFound] = useState(null);
  const find = async (what) => {
    const wanted = parseReceipt(what);
    const answer = await ask(`/api/v1/receipts/${encodeURIComponent(wanted.number)}`);
    setFound(answer && { ...answer, asked: wanted });
  };
  useEffect(() => { if (dialog.receipt) find(dialog.receipt); }, []);
  if (found && found.document) return html`<${PickLines} shop=${shop} found=${found} onBack=${() => setFound(null)} />`;
  return html`<${Dialog} title=${t("Return goods")} testid="return-dialog">
    <${Form} label=${t("Find the receipt")} off=${!text.trim()} onSubmit=${() => find(text)}>
      <${Field} label=${t("Receipt number, or scan its QR code")} value=${text} onInput=${setText} first scan mode="text" testid="receipt-number" /><//>
    <p class="lead" role="status">${found && found.refusal ? t("This receipt is not known here. Check the number.") : ""}</p>
    <p class="hint">${t("No receipt? Type -1* before the article's code in the search box.")}</p><//>`;
}

function PickLines({ shop, found, onBack }) {
  const document = found.document;
  const digits = digitsOf(shop, document.currency);
  const left = (line) => line.quantity_milli - ((found.returned || {})[line.no] || 0);
  const lines = document.lines.filter((line) => line.quantity_milli > 0);
  const [picked, setPicked] = useState(() => Object.fromEntries(lines.map((line) => [line.no, 0])));
  const reasons = shop.reasons.return || [];
  const [reason, setReason] = useState(reasons.length ? reasons[0].id : "");
  const chosen = Object.fromEntries(Object.entries(picked).filter(([, milli]) => milli > 0));
  const set = (line, milli) => setPicked({ ...picked, [line.no]: Math.max(0, Math.min(left(line), milli)) });
  const wrongHead = found.asked.head && found.head && found.asked.head !== found.head.toLowerCase();
  return html`<${Dialog} title=${t("Return from receipt {number}", { number: document.receipt })} wide testid="return-lines-dialog">
    <p class="lead">${moment(document.completed_at, "full")} · ${document.staff_name} · ${money(document.total_minor, document.currency, digits)}</p>
    ${wrongHead && html`<p class="dialog-saying warn" role="alert">${t("The code on this receipt does not fit our books. Look at the receipt closely.")}</p>`}
    <${Form} label=${t("Take these goods back")} off=${Object.keys(chosen).length === 0} testid="take-back"
      onSubmit=${() => actAndClose({ type: "ReturnGoods", receipt: document.receipt, lines: chosen, ...(reason ? { reason } : {}) })}>
      <div class="form-foot start"><${Button} label=${t("All of it")} testid="return-all" act=${() => setPicked(Object.fromEntries(lines.map((line) => [line.no, Math.max(0, left(line))])))} />
        <${Button} look="quiet" label=${t("Another receipt")} act=${onBack} /></div>
      <ul class="list">${lines.map((line) => {
        const step = line.unit === "kg" ? left(line) : 1000;
        return html`<li key=${line.no} class="return-row"><span class="list-main">${name(line.names)}<small>${t("{left} of {sold} left", { left: quantity(left(line), line.unit), sold: quantity(line.quantity_milli, line.unit) })}</small></span>
          <strong>${money(line.gross_minor, document.currency, digits)}</strong>
          <span class="stepper"><${Button} label="−" off=${picked[line.no] <= 0} act=${() => set(line, picked[line.no] - step)} />
            <input class="step-value" inputmode="decimal" aria-label=${t("How many come back")} value=${typed(picked[line.no], 3).replace(/\.?0+$/, "")} onChange=${(event) => set(line, read(event.target.value, 3) || 0)} />
            <${Button} label="+" off=${picked[line.no] >= left(line)} testid=${`return-plus-${line.no}`} act=${() => set(line, picked[line.no] + step)} /></span></li>`;
      })}</ul>
      <${Reasons} reasons=${reasons} value=${reason} onPick=${setReason} /><//><//>`;
}
