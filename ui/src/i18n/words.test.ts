import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { en } from "./en";

const PLURALS = ["", "_one", "_other"];

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sources(path);
    return /\.tsx?$/.test(entry.name) && !/\.test\./.test(entry.name) ? [path] : [];
  });
}

function known(key: string): boolean {
  return PLURALS.some((suffix) => {
    const value = `${key}${suffix}`
      .split(".")
      .reduce<unknown>((at, part) => (at as Record<string, unknown> | undefined)?.[part], en);
    return typeof value === "string";
  });
}

it("has words for every key the screens ask for", () => {
  const missing: string[] = [];
  for (const path of sources("src")) {
    for (const [, key = ""] of readFileSync(path, "utf8").matchAll(/\bt\(\s*"([^"]+)"/g)) {
      if (!known(key)) missing.push(`${path}: ${key}`);
    }
  }
  expect(missing).toEqual([]);
});
