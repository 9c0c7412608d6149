import { LOCALE } from "../i18n";

const cache = new Map<string, Intl.DateTimeFormat>();

function format(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = JSON.stringify(options);
  let made = cache.get(key);
  if (!made) {
    made = new Intl.DateTimeFormat(LOCALE, options);
    cache.set(key, made);
  }
  return made;
}

/** 14 Nov 2026 */
export function day(at: string, zone?: string): string {
  return format({ day: "numeric", month: "short", year: "numeric", timeZone: zone }).format(new Date(at));
}

/** Sat 14 Nov */
export function shortDay(at: string, zone?: string): string {
  // WebKit writes "Sat, 14 Nov", Chromium "Sat 14 Nov".
  return format({ weekday: "short", day: "numeric", month: "short", timeZone: zone })
    .format(new Date(at))
    .replace(",", "");
}

/** 22:00 */
export function clock(at: string, zone?: string): string {
  return format({ hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone }).format(new Date(at));
}

/** 14 Nov 2026, 22:00 */
export function moment(at: string, zone?: string): string {
  return `${day(at, zone)}, ${clock(at, zone)}`;
}

/** Sat 28 Nov, 22:00–23:30 Europe/Berlin; names both days when it crosses midnight. */
export function windowText(window: { starts_at: string; ends_at: string; zone: string }): string {
  const { starts_at, ends_at, zone } = window;
  const from = shortDay(starts_at, zone);
  const to = shortDay(ends_at, zone);
  const end = from === to ? clock(ends_at, zone) : `${to}, ${clock(ends_at, zone)}`;
  return `${from}, ${clock(starts_at, zone)}–${end} ${zone.replace("_", " ")}`;
}

/** 28 Nov, 22:00: for rows. */
export function windowShort(window: { starts_at: string; zone: string }): string {
  const date = format({ day: "numeric", month: "short", timeZone: window.zone }).format(new Date(window.starts_at));
  return `${date}, ${clock(window.starts_at, window.zone)}`;
}

/** 3:07 */
export function stopwatch(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** 12 KB, 3.4 MB */
export function bytes(count: number): string {
  if (count < 1000) return `${count} B`;
  if (count < 1_000_000) return `${Math.round(count / 1000)} KB`;
  return `${(count / 1_000_000).toFixed(1)} MB`;
}

/** The first sixteen of a digest, in fours: `9f3a 22c1 d0b7 e401`. */
export function shortDigest(digest: string): string {
  if (digest.includes(" ")) return digest;
  return (
    digest
      .replace(/^sha256:/, "")
      .slice(0, 16)
      .match(/.{1,4}/g) ?? []
  ).join(" ");
}
