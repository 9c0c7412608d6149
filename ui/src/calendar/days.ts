import { clock } from "../ds/time";
import { LOCALE } from "../i18n";

/** Whoever looks thinks in the zone of their desk. */
export const MINE = new Intl.DateTimeFormat(LOCALE).resolvedOptions().timeZone;

const formats = new Map<string, Intl.DateTimeFormat>();

/** The date of an instant in a zone: `2026-11-28`. */
export function dateIn(at: string, zone: string): string {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat(LOCALE, { year: "numeric", month: "2-digit", day: "2-digit", timeZone: zone });
    formats.set(zone, format);
  }
  const parts = new Map(format.formatToParts(new Date(at)).map((part) => [part.type, part.value] as const));
  return `${parts.get("year")}-${parts.get("month")}-${parts.get("day")}`;
}

/** The local time of an instant in a zone, to the minute, as it is typed: `2026-11-25T22:00`. */
export function minuteIn(at: string, zone: string): string {
  return `${dateIn(at, zone)}T${clock(at, zone)}`;
}

/** The last date that something takes up; what ends at midnight takes up no more of the new day. */
export function lastDateIn(endsAt: string, zone: string): string {
  return dateIn(new Date(new Date(endsAt).getTime() - 1000).toISOString(), zone);
}

/** A date so many days later. */
export function shifted(date: string, days: number): string {
  const at = new Date(`${date}T00:00:00Z`);
  at.setUTCDate(at.getUTCDate() + days);
  return at.toISOString().slice(0, 10);
}

/** Whole weeks, Monday first, from the one with the first date to the one with the last. */
export function weeksOf(from: string, to: string): string[][] {
  const sinceMonday = (new Date(`${from}T00:00:00Z`).getUTCDay() + 6) % 7;
  const weeks: string[][] = [];
  for (let monday = shifted(from, -sinceMonday); monday <= to; monday = shifted(monday, 7)) {
    const first = monday;
    weeks.push(Array.from({ length: 7 }, (_, day) => shifted(first, day)));
  }
  return weeks;
}
