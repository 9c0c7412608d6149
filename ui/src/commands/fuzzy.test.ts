import { expect, it } from "vitest";
import { fuzzyScore } from "./fuzzy";

it("ranks the start of a word above letters in order", () => {
  expect(fuzzyScore("out", "Go to Outbox")).toBeGreaterThan(fuzzyScore("out", "Move it out") ?? 0);
  expect(fuzzyScore("gto", "Go to Outbox")).not.toBeNull();
});

it("finds nothing where letters are missing or out of order", () => {
  expect(fuzzyScore("xyz", "Go to Outbox")).toBeNull();
  expect(fuzzyScore("xob", "Go to Outbox")).toBeNull();
});
