// Everything that is asked in between. Each dialog ends in one intent; the agent decides.

import { html, useLayoutEffect, useState } from "../vendor/preact-htm.js";
import { Button, Choices, Dialog, Field, Form, Pad, padded } from "../parts.js";
import { act, actAndClose, close, store } from "../store.js";
import { read, typed, unitPrice } from "../figures.js";
import { name, t, told } from "../words.js";
import { CloseShift, MoveCash, OpenDrawer, Parked, Reasons, Report } from "./till.js";
import { Device } from "./device.js";
import { Menu, PriceCheck } from "./menu.js";
import { Receipts } from "./paid.js";
import { Return } from "./returns.js";

const lineOf = (view, dialog) => (view.sale ? view.sale.lines.find((line) => line.no === dialog.line) : null);

/** A number to type, with a pad; Enter gives it, as a whole number of 10^-digits. */
function NumberForm({ label, unit, digits, start = "", confirm, onNumber, zero = false, children, testid }) {
  const [text, setText] = useState(start);
  const [fresh, setFresh] = useState(start !== "");
  const number = read(text, digits);
  const press = (key) => { setText(padded(fresh && key !== "back" ? "" : text, key)); setFresh(false); };
  return html`<${Form} label=${confirm} off=${number === null || (!zero && number === 0)} onSubmit=${() => onNumber(number)}>
    <div class="side"><div>
      <${Field} label=${label} value=${text} unit=${unit} first testid=${testid || "number"} onInput=${(next) => { setText(next); setFresh(false); }} />
      ${children}</div>
      <${Pad} onKey=${press} point=${digits > 0} /></div><//>`;
}

function Quantity({ view, dialog }) {
  const line = lineOf(view, dialog);
  if (!line) return html`<${Gone} />`;
  const kg = line.unit === "kg";
  return html`<${Dialog} title=${name(line.names)}>
    <${NumberForm} label=${kg ? t("Weight") : t("Quantity")} unit=${kg ? "kg" : ""} digits=${3} start=${plain(line.quantity_milli, kg)} confirm=${t("Change the quantity")} zero
      onNumber=${(quantity_milli) => actAndClose({ type: "ChangeQuantity", line_no: line.no, quantity_milli })} /><//>`;
}

const plain = (milli, kg) => (kg ? typed(milli, 3) : typed(milli, 3).replace(/\.?0+$/, ""));

function Discount({ view, dialog, shop }) {
  const sale = view.sale;
  const reasons = shop.reasons.discount || [];
  const [scope, setScope] = useState(dialog.line ? "line" : "basket");
  const [way, setWay] = useState("rate");
  const [reason, setReason] = useState(reasons.length ? reasons[0].id : "");
  const line = lineOf(view, dialog);
  if (!sale) return html`<${Gone} />`;
  const where = scope === "line" && line ? { line_no: line.no } : {};
  const given = line && line.discounts.length > 0;
  return html`<${Dialog} title=${t("Discount")} testid="discount-dialog">
    ${line && html`<${Choices} label=${t("Discount on")} value=${scope} onPick=${setScope}
      options=${[{ id: "line", label: name(line.names) }, { id: "basket", label: t("Whole basket") }]} />`}
    <${Choices} label=${t("Kind of discount")} value=${way} onPick=${setWay}
      options=${[{ id: "rate", label: t("Percent") }, { id: "amount", label: t("Amount") }]} />
    <${NumberForm} key=${way} label=${way === "rate" ? t("Percent off") : t("Amount off")} unit=${way === "rate" ? "%" : sale.currency}
      digits=${way === "rate" ? 4 : sale.digits} confirm=${t("Give the discount")}
      onNumber=${(number) => actAndClose({ type: "GiveDiscount", reason, ...where, ...(way === "rate" ? { rate_ppm: number } : { amount_minor: number }) })}>
      <${Reasons} reasons=${reasons} value=${reason} onPick=${setReason} /><//>
    ${(given || sale.discount_minor !== 0) && html`<${Button} look="quiet" label=${t("Take discounts given by hand back")} act=${() => actAndClose({ type: "ClearDiscounts", ...where })} />`}<//>`;
}

function Price({ view, dialog, shop }) {
  const line = lineOf(view, dialog);
  const reasons = shop.reasons.price || [];
  const [reason, setReason] = useState(reasons.length ? reasons[0].id : "");
  if (!line) return html`<${Gone} />`;
  const { currency, digits } = view.sale;
  return html`<${Dialog} title=${t("Sell at another price")} testid="price-dialog">
    <p class="lead">${name(line.names)} · ${unitPrice(line.unit_price_e4, currency, digits)}</p>
    <${NumberForm} label=${line.unit === "kg" ? t("New price per kilogram") : t("New price for one")} unit=${currency} digits=${digits + 4} confirm=${t("Change the price")} zero
      onNumber=${(unit_price_e4) => actAndClose({ type: "OverridePrice", line_no: line.no, unit_price_e4, reason })}>
      <${Reasons} reasons=${reasons} value=${reason} onPick=${setReason} /><//><//>`;
}

/** A text to type: a note, a card number, a coupon. */
function TextDialog({ title, label, confirm, make, empty = false, mode = "text", start = "", scan }) {
  const [text, setText] = useState(start);
  return html`<${Dialog} title=${title}>
    <${Form} label=${confirm} off=${!empty && !text.trim()} onSubmit=${() => actAndClose(make(text.trim()))}>
      <${Field} label=${label} value=${text} onInput=${setText} first scan=${scan} mode=${mode} testid="text" /><//><//>`;
}

const Note = ({ dialog }) => html`<${TextDialog} title=${t("Note")} label=${t("Printed on the receipt")} confirm=${t("Add the note")}
  make=${(text) => ({ type: "AddNote", text, ...(dialog.line ? { line_no: dialog.line } : {}) })} />`;
const Customer = () => html`<${TextDialog} title=${t("Customer")} label=${t("Card number or phone")} confirm=${t("Set the customer")} empty scan
  make=${(code) => ({ type: "SetCustomer", code })} />`;
const Coupon = () => html`<${TextDialog} title=${t("Coupon")} label=${t("Code on the coupon")} confirm=${t("Add the coupon")} scan
  make=${(coupon) => ({ type: "AddCoupon", coupon })} />`;
const Park = () => html`<${TextDialog} title=${t("Park this sale")} label=${t("A word to find it again (may be empty)")} confirm=${t("Park")} empty
  make=${(note) => ({ type: "ParkSale", note })} />`;

function Age({ dialog }) {
  const years = dialog.years;
  const proven = async () => {
    const answer = await act({ type: "ProveAge", years, ...borrowed(dialog) });
    if (answer.ok) await again(dialog, {});
  };
  return html`<${Dialog} title=${t("Check the age")} testid="age-dialog">
    <p class="huge">${t("{years}+", { years })}</p>
    <p class="lead">${told(dialog.refusal)}</p>
    <div class="form-foot two"><${Button} look="big" label=${t("Not proven: do not sell")} act=${close} testid="age-no" />
      <${Button} look="big main" label=${t("{years} or older", { years })} act=${proven} testid="age-yes" /></div><//>`;
}

const borrowed = (dialog) => (dialog.intent.approval ? { approval: dialog.intent.approval } : {});

/** The intent that was refused, once more with what was missing. */
function again(dialog, more) {
  const { request, ...intent } = dialog.intent;
  const sale = store.view.sale ? store.view.sale.id : null;
  return actAndClose({ ...intent, ...("sale" in intent ? { sale } : {}), ...more });
}

function Choice({ dialog, view, shop }) {
  const currency = view.sale ? view.sale.currency : shop.currency;
  const digits = view.sale ? view.sale.digits : (shop.currencies[currency] || { digits: 2 }).digits;
  return html`<${Dialog} title=${t("Which article is it?")} testid="choice-dialog">
    <p class="lead">${told(dialog.refusal)}</p>
    <ul class="list">${dialog.choices.map((one, place) => html`<li key=${one.sku}>
      <button type="button" class="button list-row" data-first=${place === 0 ? "" : null} onClick=${() => again(dialog, { sku: one.sku })}>
        <span class="list-main">${name(one.names)}<small>${one.sku}</small></span>
        <strong>${one.unit_price_e4 == null ? "" : unitPrice(one.unit_price_e4, currency, digits)}</strong></button></li>`)}</ul><//>`;
}

function OpenPrice({ dialog, view, shop }) {
  const currency = view.sale ? view.sale.currency : shop.currency;
  const digits = view.sale ? view.sale.digits : (shop.currencies[currency] || { digits: 2 }).digits;
  return html`<${Dialog} title=${t("Price of this article")}>
    <${NumberForm} label=${t("Unit price")} unit=${currency} digits=${digits + 4} confirm=${t("Add")} zero
      onNumber=${(unit_price_e4) => again(dialog, { unit_price_e4 })} /><//>`;
}

function Weight({ dialog }) {
  const [tare, setTare] = useState("");
  const tare_g = tare === "" ? 0 : read(tare, 0);
  return html`<${Dialog} title=${t("Weigh this article")} testid="weight-dialog">
    <${NumberForm} label=${t("Weight")} unit="kg" digits=${3} confirm=${t("Add")} onNumber=${(quantity_milli) => again(dialog, { quantity_milli, ...(tare_g ? { tare_g } : {}) })}>
      <${Field} label=${t("Packing (tare), if it was weighed too")} value=${tare} unit="g" mode="numeric" onInput=${setTare} testid="tare" /><//><//>`;
}

const Expired = ({ dialog }) => html`<${Dialog} title=${t("Past its date")}>
  <p class="lead">${told(dialog.refusal)}</p>
  <div class="form-foot two"><${Button} look="big main" label=${t("Do not sell it")} act=${close} />
    <${Button} look="big" label=${t("Sell it with approval")} act=${() => again(dialog, { accept_expired: true })} /></div><//>`;

function Approval({ dialog, shop, view }) {
  const people = shop.staff.filter((one) => !view.staff || one.id !== view.staff.id);
  const [staff, setStaff] = useState(people.length === 1 ? people[0].id : null);
  const [pin, setPin] = useState("");
  const focus = () => { const field = document.getElementById("approver-pin"); if (field) field.focus(); };
  useLayoutEffect(() => { if (staff) focus(); }, [staff]);
  const submit = async () => { const lent = pin; setPin(""); await again(dialog, { approval: { staff, pin: lent } }); };
  return html`<${Dialog} title=${t("A colleague's approval")} wide testid="approval-dialog">
    <p class="lead">${told(dialog.refusal)} ${t("Or scan a staff card.")}</p>
    <${Form} label=${t("Approve")} off=${!staff || !pin} onSubmit=${submit} testid="approve">
      <div class="side"><div class="people" role="radiogroup" aria-label=${t("Colleague")}>
        ${people.map((one, place) => html`<button type="button" role="radio" class="button person" key=${one.id} data-first=${place === 0 ? "" : null} aria-checked=${String(one.id === staff)}
          data-testid=${`approver-${one.id}`} onClick=${() => { setStaff(one.id); focus(); }}><span class="initial" aria-hidden="true">${one.name.slice(0, 1)}</span><span class="button-label">${one.name}</span></button>`)}</div>
      <div><label class="field"><span class="field-label">${t("PIN")}</span><span class="field-box"><input id="approver-pin" class="pin" type="password" autocomplete="off"
        inputmode=${store.ui.touch ? "none" : "numeric"} value=${pin} data-testid="approver-pin" onInput=${(event) => setPin(event.target.value)} /></span></label>
        <${Pad} point=${false} onKey=${(key) => setPin(padded(pin, key))} /></div></div><//><//>`;
}

/** A colleague's staff card, scanned, instead of name and PIN. */
export const approveByCard = (dialog, card) => again(dialog, { approval: { card } });

const VoidSale = () => {
  const reasons = store.shop.reasons.void || [];
  const [reason, setReason] = useState(reasons.length ? reasons[0].id : "");
  return html`<${Dialog} title=${t("Give this sale up?")} testid="void-sale-dialog">
    <p class="lead">${t("The basket is emptied. It stays in the books as given up.")}</p>
    <${Form} label=${t("Give the sale up")} look="danger" onSubmit=${() => actAndClose({ type: "VoidSale", ...(reason ? { reason } : {}) })}>
      <${Reasons} reasons=${reasons} value=${reason} onPick=${setReason} /><//><//>`;
};

const Gone = () => html`<${Dialog} title=${t("Not there any more")}><p class="lead">${t("That line is not in the basket any more.")}</p><//>`;

const KINDS = {
  quantity: Quantity, discount: Discount, price: Price, note: Note, customer: Customer, coupon: Coupon, park: Park, parked: Parked,
  age: Age, choice: Choice, openPrice: OpenPrice, weight: Weight, expired: Expired, approval: Approval, voidSale: VoidSale,
  moveCash: MoveCash, drawer: OpenDrawer, closeShift: CloseShift, report: Report, menu: Menu, receipts: Receipts, return: Return, priceCheck: PriceCheck, device: Device,
};

/** The dialog that is open, if any. */
export function OpenDialog(state) {
  const dialog = state.ui.dialog;
  if (!dialog || !state.shop || !state.view) return null;
  const Kind = KINDS[dialog.kind];
  return html`<${Kind} key=${dialog.serial || dialog.kind} dialog=${dialog} ...${state} />`;
}
