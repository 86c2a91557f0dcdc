// Showing and reading figures. Whole numbers in, text out, and back; never a float, never a rule.

import { languageTag } from "./words.js";

const shapes = new Map();

function shape(options) {
  const key = languageTag() + JSON.stringify(options);
  if (!shapes.has(key)) shapes.set(key, new Intl.NumberFormat(languageTag(), options));
  return shapes.get(key);
}

/** 12345 with 2 decimals as "123.45": exact, for Intl to dress up. */
function decimal(units, digits) {
  const sign = units < 0 ? "-" : "";
  const text = String(Math.abs(units)).padStart(digits + 1, "0");
  return digits ? `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}` : sign + text;
}

/** Money from minor units: "€12.35". */
export function money(minor, currency, digits) {
  const options = { style: "currency", currency, currencyDisplay: "narrowSymbol" };
  return minus(shape({ ...options, minimumFractionDigits: digits, maximumFractionDigits: digits }).format(decimal(minor, digits)));
}

/** A unit price from ten-thousandths of a minor unit: as many decimals as it needs, at least the currency's. */
export function unitPrice(e4, currency, digits) {
  const options = { style: "currency", currency, currencyDisplay: "narrowSymbol" };
  return minus(shape({ ...options, minimumFractionDigits: digits, maximumFractionDigits: digits + 4 }).format(decimal(e4, digits + 4)));
}

/** A bare number with its decimals, as one would type it: "12.35". */
export const typed = (minor, digits) => decimal(minor, digits);

/** A quantity from thousandths: "3" pieces, "0.328 kg". */
export function quantity(milli, unit) {
  const digits = unit === "kg" ? 3 : 0;
  const text = minus(shape({ minimumFractionDigits: digits, maximumFractionDigits: 3 }).format(decimal(milli, 3)));
  return unit === "kg" ? `${text} kg` : text;
}

/** A plain whole number in the reader's digits grouping. */
export const whole = (number) => minus(shape({}).format(number));

const minus = (text) => text.replace("-", "−");

/** What somebody typed, as a whole number of 10^-digits; null if it is no number or has more decimals.
 * Comma and point both separate decimals: at a till nobody types thousands separators. */
export function read(text, digits) {
  const found = /^\s*([-−]?)(\d{0,12})(?:[.,](\d*))?\s*$/.exec(text);
  if (!found || !(found[2] || found[3]) || (found[3] || "").length > digits) return null;
  const units = Number(found[2] + (found[3] || "").padEnd(digits, "0"));
  return found[1] && units ? -units : units;
}

const MOMENTS = {
  time: { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  stamp: { day: "2-digit", month: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  full: { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
};

/** A moment (ISO text or Date) as the reader writes it. */
export function moment(at, style = "stamp") {
  const date = at instanceof Date ? at : new Date(at);
  return Number.isNaN(date.getTime()) ? String(at) : new Intl.DateTimeFormat(languageTag(), MOMENTS[style]).format(date);
}
