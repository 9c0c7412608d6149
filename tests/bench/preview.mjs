// How long the real window takes from asking for a document's pages to the first of them, drawn: opened once, and then
// again and again. Prints milliseconds as JSON. Run by previews.py.
//   node preview.mjs CABINET FILE.pdf TIMES FOLDER        FOLDER: for pictures and logs
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Desk } from "../e2e/lib/desk.mjs";
import { until } from "../e2e/lib/wait.mjs";

const [application, file, times, folder] = process.argv.slice(2);
const home = await mkdtemp(join(tmpdir(), "bench-preview-"));
const desk = await Desk.open({ application, args: ["--data-dir", join(home, "data"), "--automated-test"], folder });
try {
  const { page, driver } = desk;
  // Needs no board: whoever was handed a document looks at it like this.
  // Asked seldom: what asks often takes the time that the window needs to come up.
  const there = async () => (await page.names("button", "Verify a document")).length > 0;
  await until("the first screen", there, { every: 3000 });
  await page.reveal("button", "Verify a document…");
  await page.click("button", "Verify a document…");
  await page.at(/\/welcome\/verify$/);
  await page.fill("File", file);
  await page.press("Enter");
  await until("the verdict", async () => (await page.names("button", "Show its pages")).length > 0, { patience: 60_000 });
  const took = [];
  for (let turn = 0; turn < Number(times); turn += 1) {
    await page.click("button", "Show its pages");
    const found = await until("the first page", async () => {
      const all = await driver.script(
        "return performance.getEntriesByName('preview-first-page').map((one) => one.duration)",
      );
      return all.length > turn ? all : null;
    });
    took.push(found[turn]);
    if (turn === 0) {
      await desk.picture("preview");
      // All of what is drawn beside the first page is at rest before it is asked again.
      await until("the second page", () => driver.script("return document.querySelector(\"[data-page='2'][data-drawn]\") !== null"));
    }
    await page.click("button", "Hide its pages");
  }
  console.log(JSON.stringify(took));
} finally {
  await desk.close();
  await rm(home, { recursive: true, force: true });
}
