import { existsSync } from "node:fs";
import { chromium } from "playwright-core";

const PLACES = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Debian's Chromium, headless; playwright-core downloads nothing. */
export async function openBrowser() {
  const executablePath = PLACES.find((place) => place && existsSync(place));
  if (!executablePath) throw new Error("no Chromium found: install the package `chromium` or set CHROMIUM");
  return chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
}

export function address(base, route, { theme = "light", scale = 100 } = {}) {
  return `${base}/index.html?scene=${route.scene}&theme=${theme}&scale=${scale}#${route.path}`;
}

/** Waits until the screen has settled: a heading is there and no reading is under way. */
export async function settle(page) {
  await page.waitForFunction(() => document.querySelector("h1, h2, [role=grid]") !== null, null, { timeout: 15_000 });
  await page.waitForTimeout(250);
}
