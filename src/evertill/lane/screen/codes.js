// The sheet of command codes, to be printed and laid beside the scanner: everything a hand can do.

import { html, render } from "./vendor/preact-htm.js";
import { code128 } from "./code128.js";
import { device, takeUp } from "./device.js";
import { speak, t } from "./words.js";

const QUIET = 10;

/** One code as bars, with the quiet zone that a scanner needs. */
function Bars({ text }) {
  const widths = [...code128(text)].map(Number);
  const total = widths.reduce((sum, width) => sum + width, 0) + 2 * QUIET;
  let at = QUIET;
  let path = "";
  widths.forEach((width, place) => {
    if (place % 2 === 0) path += `M${at} 0h${width}v40h${-width}z`;
    at += width;
  });
  return html`<svg class="bars" viewBox=${`0 0 ${total} 40`} preserveAspectRatio="none" role="img" aria-label=${text}><path d=${path} /></svg>`;
}

const GROUPS = () => [
  [t("Going on"), { OK: t("Yes, Enter"), FINISH: t("All filled in"), NEXT: t("Next field"), PREVIOUS: t("Field before"), BACK: t("Back, close") }],
  [t("Figures"), { ...Object.fromEntries([..."0123456789"].map((digit) => [digit, digit])), POINT: t("Point"), TIMES: t("Times (before a scan)"), MINUS: t("Minus"), ERASE: t("Delete the last digit") }],
  [t("Sale"), { PAY: t("Pay"), PARK: t("Park"), RECALL: t("Parked sales"), QUANTITY: t("Quantity"), DISCOUNT: t("Discount"), PRICE: t("Price"), VOID: t("Void"), REPEAT: t("Once more"), CUSTOMER: t("Customer"), RETURN: t("Return goods"), CHECK: t("Price check") }],
  [t("Drawer and shift"), { RECEIPTS: t("Receipts"), DRAWER: t("Open the drawer"), CASHIN: t("Put cash in"), CASHOUT: t("Take cash out"), XREPORT: t("X report"), COUNT: t("Close the shift"), MENU: t("Menu"), LOCK: t("Lock"), SIGNOUT: t("Sign out") }],
];

const Sheet = () => html`<main class="sheet"><h1>${t("Command codes")}</h1>
  <p class="lead">${t("Print this page and keep it at the register: with a scanner alone everything can be done.")}</p>
  ${GROUPS().map(([title, commands]) => html`<section><h2>${title}</h2><div class="sheet-codes">
    ${Object.entries(commands).map(([command, label]) => html`<figure><${Bars} text=${`EVTCMD:${command}`} /><figcaption>${label}</figcaption></figure>`)}</div></section>`)}</main>`;

const draw = () => render(html`<${Sheet} />`, document.getElementById("screen"));

takeUp();
speak(device.language || "en").then(draw);
