import { clearMocks, mockIPC } from "@tauri-apps/api/mocks";
import { afterEach, expect, it } from "vitest";
import { CommandError } from "./errors";
import { tauriTransport } from "./tauri";

afterEach(clearMocks);

it("calls a command by its name in the program, with its one request", async () => {
  const calls: [string, unknown][] = [];
  mockIPC((command, payload) => {
    calls.push([command, payload]);
    return { total: 0, offset: 0, rows: [], counts: { all: 0, open: 0, attention: 0, decided: 0 } };
  });
  await tauriTransport().change({ change: "chg-1" });
  expect(calls).toEqual([["change", { request: { change: "chg-1" } }]]);
});

it("throws a refusal as what it is, with its rule and remedy", async () => {
  const refusal = {
    kind: "refused",
    detail: {
      code: "own_change",
      rule: "It is your own change.",
      clause: "R89",
      remedy: "Somebody else signs.",
      facts: [],
    },
  };
  mockIPC(() => Promise.reject(refusal));
  const thrown = await tauriTransport()
    .riskWalk({ change: "chg-1" })
    .catch((error: unknown) => error);
  expect(thrown).toBeInstanceOf(CommandError);
  expect((thrown as CommandError).error).toEqual(refusal);
});
