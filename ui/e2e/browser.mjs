import { existsSync } from "node:fs";
import { chromium } from "playwright-core";

const PLACES = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Debian's Chromium, headless; playwright-core downloads nothing. */
export async function openBrowser() {
  const executablePath = PLACES.find((place) => place && existsSync(place));
  if (!executablePath) throw new Error("no Chromium found: install the package `chromium` or set CHROMIUM");
  return chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
}

/** Opens a route over the board of its scene, in a page of its own. */
export async function openRoute(browser, base, route, { theme = "light", scale = 100, setUp } = {}) {
  const page = await browser.newPage({ viewport: { width: route.width ?? 1280, height: route.height ?? 800 } });
  // The shell freezes it too (`freezePrototype`): a library that cannot bear that must be seen here.
  await page.addInitScript(() => Object.freeze(Object.prototype));
  await page.addInitScript(
    ([scene, themeName, size]) => {
      sessionStorage.setItem("scene", scene);
      sessionStorage.setItem("theme", themeName);
      sessionStorage.setItem("scale", size);
      localStorage.setItem("cabinet-preferences", JSON.stringify({ theme: themeName, scale_percent: Number(size) }));
    },
    [route.scene, theme, String(scale)],
  );
  await setUp?.(page);
  await page.goto(`${base}/index.html#${route.path}`);
  await settle(page);
  await route.act?.(page);
  return page;
}

/** Waits until the screen has settled: a heading is there and no reading is under way. */
async function settle(page) {
  await page.waitForFunction(() => document.querySelector("h1, h2, [role=grid]") !== null, null, { timeout: 15_000 });
  await page.waitForTimeout(250);
}
