// Pictures of every screen: `node e2e/shots.mjs [folder] [name…]`, from a build made by `npm run build:memory`.
import { mkdir } from "node:fs/promises";
import { openBrowser, openRoute } from "./browser.mjs";
import { ROUTES } from "./routes.mjs";
import { serve } from "./serve.mjs";

const [folder = ".shots", ...names] = process.argv.slice(2);
await mkdir(folder, { recursive: true });
const site = await serve(new URL("../.memory-dist", import.meta.url).pathname);
const browser = await openBrowser();
try {
  for (const theme of (process.env.THEMES ?? "light,dark").split(",")) {
    for (const route of ROUTES) {
      if (names.length > 0 && !names.includes(route.name)) continue;
      const page = await openRoute(browser, site.url, route, {
        theme,
        scale: Number(process.env.SCALE ?? 100),
        setUp: (opened) => {
          opened.on("console", (m) => m.type() === "error" && console.log(`${route.name}: ${m.text()}`));
          opened.on("pageerror", (e) => console.log(`${route.name}: ${e.message}`));
        },
      });
      await page.screenshot({ path: `${folder}/${route.name}-${theme}.png` });
      await page.close();
    }
  }
} finally {
  await browser.close();
  site.close();
}
