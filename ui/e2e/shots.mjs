// Pictures of every screen: `node e2e/shots.mjs [folder] [name…]`, from a build made by `npm run build:memory`.
import { mkdir } from "node:fs/promises";
import { openBrowser, openPage, openRoute } from "./browser.mjs";
import { ROUTES } from "./routes.mjs";
import { serve } from "./serve.mjs";

const [folder = ".shots", ...names] = process.argv.slice(2);
await mkdir(folder, { recursive: true });
const site = await serve(new URL("../.memory-dist", import.meta.url).pathname);
const browser = await openBrowser();
let where = "";
try {
  const page = await openPage(browser, site.url);
  page.on("console", (message) => message.type() === "error" && console.log(`${where}: ${message.text()}`));
  page.on("pageerror", (error) => console.log(`${where}: ${error.message}`));
  for (const theme of (process.env.THEMES ?? "light,dark").split(",")) {
    for (const route of ROUTES) {
      if (names.length > 0 && !names.includes(route.name)) continue;
      where = route.name;
      await openRoute(page, site.url, route, { theme, scale: Number(process.env.SCALE ?? 100) });
      await page.screenshot({ path: `${folder}/${route.name}-${theme}.png` });
    }
  }
} finally {
  await browser.close();
  site.close();
}
