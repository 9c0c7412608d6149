import { existsSync } from "node:fs";
import { chromium } from "playwright-core";

const PLACES = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Debian's Chromium, headless; playwright-core downloads nothing. */
export async function openBrowser() {
  const executablePath = PLACES.find((place) => place && existsSync(place));
  if (!executablePath) throw new Error("no Chromium found: install the package `chromium` or set CHROMIUM");
  return chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
}

/**
 * A page for many routes, one after the other: a page of its own for each would read and compile the whole window anew,
 * which takes longer than all that is asked of it.
 */
export async function openPage(browser, base) {
  const page = await browser.newPage();
  // The shell freezes it too (`freezePrototype`): a library that cannot bear that must be seen here.
  await page.addInitScript(() => Object.freeze(Object.prototype));
  // A document of this origin, whose storage the first route finds.
  await page.goto(`${base}/index.html`);
  return page;
}

let opened = 0;

/** Opens a route over the board of its scene, with nothing left of the route before. */
export async function openRoute(page, base, route, { theme = "light", scale = 100 } = {}) {
  await page.setViewportSize({ width: route.width ?? 1280, height: route.height ?? 800 });
  await page.evaluate(
    ([scene, themeName, size]) => {
      sessionStorage.clear();
      localStorage.clear();
      sessionStorage.setItem("scene", scene);
      sessionStorage.setItem("theme", themeName);
      sessionStorage.setItem("scale", size);
      localStorage.setItem("cabinet-preferences", JSON.stringify({ theme: themeName, scale_percent: Number(size) }));
    },
    [route.scene, theme, String(scale)],
  );
  opened += 1;
  // By its two names in turn: an address that differs behind its # alone would open no document.
  await page.goto(`${base}/${opened % 2 === 0 ? "" : "index.html"}#${route.path}`);
  await settle(page);
  await route.act?.(page);
}

/** Waits until the screen has settled: a heading is there and no reading is under way. */
async function settle(page) {
  await page.waitForFunction(() => document.querySelector("h1, h2, [role=grid]") !== null, null, { timeout: 15_000 });
  await page.waitForTimeout(250);
}
