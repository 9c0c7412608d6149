import { expect, it } from "vitest";
import { bytes, stopwatch, windowText } from "./time";

it("writes a window in its own zone, whatever the desktop's is", () => {
  const window = { starts_at: "2026-11-28T21:00:00Z", ends_at: "2026-11-28T22:30:00Z", zone: "Europe/Berlin" };
  expect(windowText(window)).toBe("Sat 28 Nov, 22:00–23:30 Europe/Berlin");
});

it("names both days of a window that crosses midnight", () => {
  const window = { starts_at: "2026-11-28T22:00:00Z", ends_at: "2026-11-29T01:00:00Z", zone: "Europe/Berlin" };
  expect(windowText(window)).toBe("Sat 28 Nov, 23:00–Sun 29 Nov, 02:00 Europe/Berlin");
});

it("counts minutes and seconds, and never below nothing", () => {
  expect(stopwatch(187)).toBe("3:07");
  expect(stopwatch(-4)).toBe("0:00");
});

it("rounds sizes as people say them", () => {
  expect([bytes(412), bytes(18_402), bytes(1_204_551)]).toEqual(["412 B", "18 KB", "1.2 MB"]);
});
