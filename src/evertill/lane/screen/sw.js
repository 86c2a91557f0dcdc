// Keeps the page's own files, so that a reload while the register program restarts still shows the screen, in
// the right language. The agent's files come first whenever it answers. Of the API only the words are kept.

const KEPT = "evertill-screen";
const WAIT_MS = 2000;
const AWAY_MS = 3000;

/** All that the screen and the customer display are made of; a test compares this with the folder. */
const FILES = [
  "/", "/display", "/screen/app.js", "/screen/code128.js", "/screen/codes.html", "/screen/codes.js", "/screen/commands.js", "/screen/device.js", "/screen/display.css", "/screen/display.js",
  "/screen/figures.js", "/screen/icon.svg", "/screen/keys.js", "/screen/link.js", "/screen/parts.js", "/screen/scanner.js",
  "/screen/scans.js", "/screen/sheets.css", "/screen/display.html", "/screen/index.html", "/screen/screens/basket.js", "/screen/screens/device.js", "/screen/screens/dialogs.js",
  "/screen/screens/finder.js", "/screen/screens/frame.js", "/screen/screens/help.js", "/screen/screens/helptexts.js",
  "/screen/screens/menu.js", "/screen/screens/page.js", "/screen/screens/paid.js", "/screen/screens/pay.js",
  "/screen/screens/returns.js", "/screen/screens/signin.js", "/screen/screens/till.js", "/screen/sounds.js", "/screen/store.js",
  "/screen/style.css", "/screen/vendor/preact-htm.js", "/screen/wedge.js", "/screen/words.js", "/api/v1/words/zh",
];

/** Fetches what can be had; one file that is missing keeps nobody from the others. */
async function fill() {
  const kept = await caches.open(KEPT);
  await Promise.allSettled(FILES.map((path) => kept.add(new Request(path, { cache: "no-cache" }))));
}

self.addEventListener("install", (event) => { self.skipWaiting(); event.waitUntil(fill()); });
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  const ours = url.origin === location.origin && (FILES.includes(url.pathname) || url.pathname.startsWith("/screen/"));
  if (event.request.method === "GET" && ours) event.respondWith(fresh(event.request));
});

/** Until when the agent is taken to be away: one file has waited for it in vain, the others need not. */
let awayUntil = 0;

async function fresh(request) {
  const kept = await caches.open(KEPT);
  const old = Date.now() < awayUntil ? await kept.match(request, { ignoreSearch: true }) : undefined;
  if (old) return old;
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout(WAIT_MS) });
    if (answer.ok) await kept.put(request, answer.clone());
    return answer;
  } catch (fault) {
    awayUntil = Date.now() + AWAY_MS;
    const known = await kept.match(request, { ignoreSearch: true });
    if (known) return known;
    throw fault;
  }
}
