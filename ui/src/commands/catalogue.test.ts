import { describe, expect, it } from "vitest";
import { en } from "../i18n/en";
import { COMMAND_IDS, entryOf, SCOPES } from "./catalogue";

const label = (id: string): string | undefined => {
  const [scope = "", name = ""] = id.split(".");
  return (en.command as Record<string, Record<string, string>>)[scope]?.[name];
};

describe("the catalogue of commands", () => {
  it("gives no key to two commands of one scope", () => {
    for (const scope of SCOPES) {
      const keys = COMMAND_IDS.filter((id) => entryOf(id).scope === scope).flatMap((id) => [...entryOf(id).keys]);
      expect(keys, `keys of ${scope}`).toEqual([...new Set(keys)]);
    }
  });

  it("never hides a command that works everywhere behind one of a screen", () => {
    const everywhere = COMMAND_IDS.filter((id) => entryOf(id).scope === "everywhere").flatMap((id) => [
      ...entryOf(id).keys,
    ]);
    for (const id of COMMAND_IDS.filter((one) => entryOf(one).scope !== "everywhere")) {
      for (const keys of entryOf(id).keys) expect(everywhere, `${id} takes ${keys}`).not.toContain(keys);
    }
  });

  it("has words for every command, so that palette and sheet can show it", () => {
    for (const id of COMMAND_IDS) expect(label(id), id).toMatch(/\S/);
  });

  it("starts no single key that begins a sequence", () => {
    const begins = new Set(
      COMMAND_IDS.flatMap((id) =>
        entryOf(id)
          .keys.filter((k) => k.length > 1 && k.includes(" "))
          .map((k) => k[0]),
      ),
    );
    for (const id of COMMAND_IDS)
      for (const keys of entryOf(id).keys) expect(begins.has(keys), `${id}: ${keys}`).toBe(false);
  });
});
