import { expect, it } from "vitest";
import { dateIn, lastDateIn, minuteIn, shifted, weeksOf } from "./days";

it("knows on which date an instant falls in a zone", () => {
  expect(dateIn("2026-11-27T23:30:00Z", "Europe/Berlin")).toBe("2026-11-28");
  expect(dateIn("2026-11-27T23:30:00Z", "America/New_York")).toBe("2026-11-27");
  expect(dateIn("2026-11-27T23:30:00Z", "UTC")).toBe("2026-11-27");
});

it.each([
  ["2026-03-29T00:30:00Z", "Europe/Berlin", "2026-03-29T01:30"],
  ["2026-03-29T01:30:00Z", "Europe/Berlin", "2026-03-29T03:30"],
  ["2026-10-25T02:00:00Z", "Europe/Berlin", "2026-10-25T03:00"],
  ["2026-03-08T07:00:00Z", "America/New_York", "2026-03-08T03:00"],
  ["2026-11-01T08:00:00Z", "America/New_York", "2026-11-01T03:00"],
  ["2026-10-03T16:00:00Z", "Australia/Lord_Howe", "2026-10-04T03:00"],
  ["2026-04-04T16:30:00Z", "Australia/Lord_Howe", "2026-04-05T03:00"],
  ["2026-11-25T23:00:00Z", "Europe/Berlin", "2026-11-26T00:00"],
])("shows the clock of a zone at %s", (at, zone, wall) => {
  expect(minuteIn(at, zone)).toBe(wall);
});

it("lets what ends at midnight take up no more of the new day", () => {
  expect(lastDateIn("2026-11-27T23:00:00Z", "Europe/Berlin")).toBe("2026-11-27");
  expect(lastDateIn("2026-11-27T23:01:00Z", "Europe/Berlin")).toBe("2026-11-28");
});

it("counts days over the ends of months and years", () => {
  expect(shifted("2026-12-31", 1)).toBe("2027-01-01");
  expect(shifted("2026-03-01", -1)).toBe("2026-02-28");
});

it("makes whole weeks, Monday first", () => {
  // 25 November 2026 is a Wednesday, 7 December a Monday.
  const weeks = weeksOf("2026-11-25", "2026-12-07");
  expect(weeks.map((week) => [week[0], week[6]])).toEqual([
    ["2026-11-23", "2026-11-29"],
    ["2026-11-30", "2026-12-06"],
    ["2026-12-07", "2026-12-13"],
  ]);
});
