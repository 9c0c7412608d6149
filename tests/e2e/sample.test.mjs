// What `make run` opens: the sample board, in the real window.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Desk, gallery } from "./lib/desk.mjs";
import { steps } from "./lib/steps.mjs";
import { until } from "./lib/wait.mjs";

test("the sample board opens by itself and can be worked with", async (t) => {
  const folder = await gallery("sample");
  const home = await mkdtemp(join(tmpdir(), "cabinet-window-"));
  const desk = await Desk.open({
    args: ["--sample", "--automated-test"],
    folder,
    env: { XDG_DATA_HOME: join(home, "data"), XDG_CONFIG_HOME: join(home, "config"), XDG_STATE_HOME: join(home, "state") },
  });
  const { page } = desk;
  const step = steps(t, desk);

  try {
    await step("its changes are in the list, and it says that it is made up", async () => {
      await page.at(/^\/changes$/);
      await page.sees("Sample board");
      await page.sees("PIN of");
      const count = await until("at least sixty changes", async () => {
        const [all] = await page.names("radio", "All ");
        const number = Number(all?.slice(4));
        return number >= 60 ? number : null;
      });
      assert.ok(count >= 60, `${count} changes`);
      await desk.picture("changes");
    });

    await step("a change opens by the keyboard, with its risk and its plan", async () => {
      await page.press("j", "Enter");
      await page.at(/^\/changes\/[^/?]+/);
      await page.sees("Required fields");
      await desk.picture("overview");
      await page.press("2");
      await page.sees("How the score adds up");
      await desk.picture("risk");
      await page.press("3");
      await page.at(/tab=(%22)?plan/);
      await desk.picture("plan");
    });

    await step("in the dark, too", async () => {
      await page.press("Mod+,");
      await page.click("radio", "Dark");
      await page.press("Escape");
      await page.press("g", "c");
      await page.at(/^\/changes$/);
      await desk.picture("changes-dark");
    });

    await step("the outbox is empty and says so", async () => {
      await page.press("g", "o");
      await page.sees("Nothing to write back");
      await desk.picture("outbox");
    });
  } finally {
    await desk.close();
    await rm(home, { recursive: true, force: true });
  }
});
