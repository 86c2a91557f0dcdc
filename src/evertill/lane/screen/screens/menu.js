// Everything that is not needed in every sale, in one place.

import { html, useState } from "../vendor/preact-htm.js";
import { Button, Dialog, Field, Form, Languages } from "../parts.js";
import { act, change, close, open, setLanguage, wanted } from "../store.js";
import { ask } from "../link.js";
import { unitPrice } from "../figures.js";
import { name, otherName, t } from "../words.js";

export function Menu({ view }) {
  const sale = view.sale;
  const item = (label, testid, run, off = false) => html`<${Button} look="menu-item" label=${label} act=${run} off=${off} testid=${testid} />`;
  const to = (dialog) => () => open(dialog);
  return html`<${Dialog} title=${t("Menu")} wide testid="menu-dialog">
    <div class="menu">
      <section><h3>${t("This sale")}</h3>
        ${item(t("Customer"), "menu-customer", to({ kind: "customer" }))}
        ${item(t("Coupon"), "menu-coupon", to({ kind: "coupon" }), !sale)}
        ${item(t("Note"), "menu-note", to({ kind: "note" }), !sale)}
        ${item(t("Discount on the basket"), "menu-discount", to({ kind: "discount" }), !sale)}
        ${item(t("Give this sale up"), "menu-void-sale", to({ kind: "voidSale" }), !sale)}</section>
      <section><h3>${t("Goods and receipts")}</h3>
        ${item(t("Return goods"), "menu-return", to({ kind: "return" }))}
        ${item(t("Receipts"), "menu-receipts", to({ kind: "receipts" }))}
        ${item(t("Price check"), "menu-price-check", to({ kind: "priceCheck" }))}
        ${item(t("Parked sales"), "menu-parked", to({ kind: "parked" }), view.parked.length === 0)}</section>
      <section><h3>${t("Drawer and shift")}</h3>
        ${item(t("Put cash in"), "menu-cash-in", to({ kind: "moveCash", way: "in" }))}
        ${item(t("Take cash out"), "menu-cash-out", to({ kind: "moveCash", way: "out" }))}
        ${item(t("Open the drawer"), "menu-drawer", to({ kind: "drawer" }))}
        ${item(t("X report"), "menu-x", () => act({ type: "TakeReport" }))}
        ${item(t("Close the shift"), "menu-close-shift", to({ kind: "closeShift" }))}</section>
      <section><h3>${view.staff ? view.staff.name : ""}</h3>
        ${item(t("Lock"), "menu-lock", () => act({ type: "LockLane" }))}
        ${item(t("Sign out"), "menu-sign-out", async () => { if ((await act({ type: "SignOut" })).ok) close(); })}
        ${item(t("This device"), "menu-device", to({ kind: "device" }))}
        ${item(t("Help"), "menu-help", () => change({ help: "here" }))}
        <${Languages} value=${wanted()} onPick=${setLanguage} /></section>
    </div><//>`;
}

/** What something costs, without selling it. */
export function PriceCheck({ shop }) {
  const [code, setCode] = useState("");
  const [found, setFound] = useState(null);
  const submit = async () => {
    setFound(await ask(`/api/v1/products/${encodeURIComponent(code.trim())}`));
    setCode("");
  };
  const digits = found && found.currency ? (shop.currencies[found.currency] || { digits: 2 }).digits : 2;
  return html`<${Dialog} title=${t("Price check")} testid="price-check-dialog">
    <${Form} label=${t("Show the price")} off=${!code.trim()} onSubmit=${submit}>
      <${Field} label=${t("Scan or type a code")} value=${code} onInput=${setCode} first scan mode="text" testid="check-code" />
      <div class="check" role="status">${found && (found.refusal
        ? html`<p class="lead">${t("This code is not in the catalogue.")}</p>`
        : html`<p class="lead">${name(found.names)} <small>${otherName(found.names)}</small></p>
          <p class="huge">${found.unit_price_e4 == null ? t("Open price") : unitPrice(found.unit_price_e4, found.currency, digits)}${found.unit === "kg" ? "/kg" : ""}</p>`)}</div><//><//>`;
}
