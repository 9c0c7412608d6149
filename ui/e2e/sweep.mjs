// axe on every screen × {light, dark, high contrast} × {100 %, 200 %} in Chromium, under the shell's content policy:
// no violation, no policy breach, no error on the console. `npm run test:e2e`. All rules are asked once per size; in the
// other themes, whose documents are the same, those that look at colours.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { openBrowser, openPage, openRoute } from "./browser.mjs";
import { ROUTES } from "./routes.mjs";
import { serve } from "./serve.mjs";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const THEMES = ["light", "dark", "high_contrast"];
const SCALES = [100, 200];
const OF_COLOURS = ["color-contrast", "link-in-text-block"];
const only = process.argv.slice(2);

const site = await serve(new URL("../.memory-dist", import.meta.url).pathname);
const browser = await openBrowser();
const failures = [];
let checked = 0;
let where = "";
const note = (text) => failures.push(`${where}: ${text}`);
try {
  const page = await openPage(browser, site.url);
  page.on("console", (message) => message.type() === "error" && note(message.text()));
  page.on("pageerror", (error) => note(error.message));
  for (const route of ROUTES) {
    if (only.length > 0 && !only.includes(route.name)) continue;
    where = route.name;
    try {
      await openRoute(page, site.url, route);
    } catch (error) {
      note(`did not open: ${error.message}`);
      continue;
    }
    // `evaluate` is not held by the page's policy; a script element would be.
    await page.evaluate(axe);
    for (const theme of THEMES) {
      for (const scale of SCALES) {
        where = `${route.name} ${theme} ${scale} %`;
        const found = await page.evaluate(
          async ([name, size, rules]) => {
            document.documentElement.dataset.theme = name;
            document.documentElement.style.fontSize = `${size}%`;
            await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 50)));
            const runOnly = rules ? { runOnly: { type: "rule", values: rules } } : {};
            return (await window.axe.run(document, { resultTypes: ["violations"], ...runOnly })).violations;
          },
          [theme, scale, theme === THEMES[0] ? null : OF_COLOURS],
        );
        for (const violation of found) {
          const nodes = violation.nodes
            .slice(0, 3)
            .map((node) => `${node.target.join(" ")} (${node.any[0]?.message ?? violation.help})`);
          const more = violation.nodes.length > 3 ? ` and ${violation.nodes.length - 3} more` : "";
          note(`${violation.id}: ${nodes.join("; ")}${more}`);
        }
        checked += 1;
      }
    }
  }
} finally {
  await browser.close();
  site.close();
}
for (const failure of failures) console.log(`✗ ${failure}`);
console.log(
  `${checked} screens checked with axe (${ROUTES.length} states, ${THEMES.length} themes, ${SCALES.length} sizes): ${failures.length} problems`,
);
process.exitCode = failures.length === 0 && checked > 0 ? 0 : 1;
