import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { App } from "../src/app/app";
import { setListState } from "../src/changes/list-state";
import { startI18n } from "../src/i18n";
import { ask } from "../src/verify/asked";
import { memoryTransport } from "./memory";

/** Opens the window at a path over the board of a scene, as the shell would. */
export async function open(path: string, scene = "working") {
  await startI18n();
  setListState({
    query: { text: "", kinds: [], levels: [], view: "open", sort: { column: "window", descending: false } },
    cursor: 0,
    peek: false,
    why: false,
  });
  ask(null);
  window.location.hash = `#${path}`;
  const transport = memoryTransport({ scene });
  const user = userEvent.setup();
  const view = render(<App transport={transport} />);
  return { transport, user, ...view };
}

/** What axe holds against the page. Colour is judged in a real browser: jsdom has no layout. */
export async function violations(): Promise<string[]> {
  // What React Aria has just announced names elements by their ids for some seconds, also those of a test before.
  const page = { include: [document.documentElement], exclude: ["[data-live-announcer]"] };
  const result = await axe.run(page, {
    resultTypes: ["violations"],
    rules: { "color-contrast": { enabled: false } },
  });
  return result.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(" ")).join(", ")}`);
}

export { screen, within };
