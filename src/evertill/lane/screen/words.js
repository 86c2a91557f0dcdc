// Texts in the reader's language. Every text is written as an English sentence with
// {placeholders}, always a literal in a call of t, so that scripts/texts.py finds it; the Chinese comes from the agent's catalogue.

/** Language -> how figures and dates are written, and which way lines run. */
const LANGUAGES = { en: { tag: "en-GB", dir: "ltr" }, zh: { tag: "zh-CN", dir: "ltr" } };
const catalogues = { en: {} };
let current = "en";

export const locale = () => current;
export const languageTag = () => LANGUAGES[current].tag;

/** The text in the current language, its {placeholders} filled from `params`. */
export function t(text, params) {
  return filled(catalogues[current][text] || text, params);
}

/** A refusal in the page's language: its text is a key of the catalogue. Else in the agent's own words. */
export function told(refusal) {
  if (current === "en" || catalogues[current][refusal.text]) return filled(catalogues[current][refusal.text] || refusal.text, refusal.params);
  return refusal.words || refusal.text;
}

function filled(found, params) {
  return params ? found.replace(/\{(\w+)\}/g, (all, key) => (key in params ? params[key] : all)) : found;
}

/** The name in the current language, of a {"en": ..., "zh": ...} table. */
export const name = (names) => (names && (names[current] || names.en)) || "";

/** The name in the other language, where there is one that differs: shown small beside the first. */
export function otherName(names) {
  const other = names && names[current === "zh" ? "en" : "zh"];
  return other && other !== name(names) ? other : "";
}

/** Switches to a language; resolves to whether the current language changed. */
export async function speak(next) {
  if (next === current || !LANGUAGES[next]) return false;
  if (!catalogues[next]) {
    const answer = await fetch(`/api/v1/words/${next}`);
    if (!answer.ok) return false;
    catalogues[next] = await answer.json();
  }
  current = next;
  document.documentElement.lang = languageTag();
  document.documentElement.dir = LANGUAGES[next].dir;
  return true;
}
