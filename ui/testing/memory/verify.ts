import type { Commands, DocumentHeld, DocumentSignature, DocumentVerdict } from "../../src/ipc/contract";
import { CommandError } from "../../src/ipc/errors";
import { refuse } from "./refusals";
import type { World } from "./world";

type Answered = Pick<Commands, "verifyDocument">;

/** The root that the document of the other board brings. */
export const OTHER_ROOT = "7c4a8d09ca3762af61e59520943dc26494f8941b7c4a8d09ca3762af61e59520";
const OWN_ROOT = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

const SEAL: DocumentSignature = {
  name: "Ines Duarte",
  role: "Chair",
  meaning: "I chaired this meeting and seal its minutes.",
  at: "2026-11-21T15:31:00Z",
  key: "41f09bc2aa7710b17ce0a4d5f2219c8e02aa411f03c9e277ab40d19c1e554402",
  certifies: true,
  stamped_at: "2026-11-21T15:31:02Z",
  stamped_by: "Meridian Timestamps",
  stamp_root: "same",
  certificate: null,
};

const MINUTES: DocumentHeld = {
  document: "minutes",
  title: "Minutes: CAB 21 Nov 2026",
  board: "Shop Change Advisory Board",
  meeting: "CAB 21 Nov 2026",
  called: "2026-11-21T14:00:00Z",
  zone: "Europe/Berlin",
  change: "",
  annex_to: "",
  pages: 11,
  signatures: [SEAL],
  unsigned: [],
  next: [],
  entries: 214,
  withheld: 0,
  unsaid: [],
  disposed: 1,
  left_out: 0,
  borrowed: [],
  sample: false,
  root: "own",
  namesake: false,
  certificate_root: OWN_ROOT,
  roster_words: "amber canoe delta lilac orbit tulip",
};

const EXTRACT: DocumentHeld = {
  ...MINUTES,
  document: "extract",
  title: "Decision on PAY-9",
  board: "Payments Change Board",
  meeting: "Payments CAB 19 Nov 2026",
  called: "2026-11-19T09:00:00Z",
  change: "PAY-9",
  pages: 3,
  signatures: [
    {
      ...SEAL,
      name: "Lena Brandt",
      at: "2026-11-19T10:12:00Z",
      key: OTHER_ROOT.slice(8) + OTHER_ROOT.slice(0, 8),
      stamped_at: "",
      stamped_by: "",
      stamp_root: "nothing",
      certificate: { subject: "CN=Lena Brandt", issuer: "CN=Meridian People", until: "2028-05-01T12:00:00Z" },
    },
  ],
  unsigned: ["Tom Alvarez", "Mara Lind"],
  next: ["Tom Alvarez"],
  entries: 31,
  withheld: 4,
  unsaid: [{ change: "PAY-9", fields: ["attachment:load.csv", "backout", "description", "method"], entries: false }],
  disposed: 0,
  left_out: 12,
  borrowed: [{ family: "Amiri", words: 3 }],
  root: "nothing",
  certificate_root: OTHER_ROOT,
  roster_words: "basil ember hazel maple raven slate",
};

const CIRCULATED: DocumentHeld = {
  ...MINUTES,
  document: "circulated",
  title: "Minutes, circulated: CAB 21 Nov 2026",
  signatures: [{ ...SEAL, stamp_root: "other" }],
  withheld: 5,
  unsaid: [
    {
      change: "SHOP-31",
      fields: ["title", "level", "content", "material_attachments", "release"],
      entries: true,
    },
  ],
  disposed: 0,
  left_out: 3,
};

/** Documents that people bring; what becomes of one follows from its name. */
export function verifyCommands(world: World): Answered {
  return {
    verifyDocument: async ({ path, name: given, root }) => {
      const name = given || (path.split("/").at(-1) ?? "");
      if (/none/.test(name))
        throw refuse({
          code: "file_unreadable",
          rule: `${path} was not read: there is no such file.`,
          clause: null,
          remedy: "Look where it was saved.",
          facts: [],
        });
      const against = root.replace(/[\s:]/g, "").toLowerCase();
      if (against !== "" && !/^[0-9a-f]{64}$/.test(against))
        throw new CommandError({
          kind: "invalid",
          detail: {
            field: "root",
            why: "Give the fingerprint of the board's certificate root, 64 digits and letters a to f, or its PEM.",
          },
        });
      const verdict: DocumentVerdict = {
        name,
        bytes: 412_340,
        sha256: "9f3a22c1d0b7e4015b6c88e0aa12f3d4c5b6a7980112233445566778899aabbc",
        held: null,
        refused: null,
      };
      if (/broken/.test(name)) {
        verdict.refused = {
          code: "revision-not-allowed",
          plainly: "After it was signed, somebody changed more than signing changes.",
          detail: "the PDF: revision-not-allowed: object 41 is changed (byte 411200)",
          signatures_hold: false,
          root: "own",
          sealed_bytes: 411_200,
          added_bytes: 1_140,
          signatures: [SEAL],
        };
        return verdict;
      }
      if (/drawn-otherwise/.test(name)) {
        verdict.refused = {
          code: "other-layout",
          plainly:
            "The signatures hold, and so does the record inside. The pages were not compared with it: another edition of Cabinet drew them, and only such an edition can tell whether they say what the record says.",
          detail:
            "the pages: they were not compared: they follow layout 2, and this edition of Cabinet draws layout 1.",
          signatures_hold: true,
          root: "own",
          sealed_bytes: 0,
          added_bytes: 0,
          signatures: [],
        };
        return verdict;
      }
      if (/altered/.test(name)) {
        verdict.refused = {
          code: "page-mismatch",
          plainly:
            "The signatures hold, and the rows do not follow from the record inside: it was signed as it is, with a row that the record does not give.",
          detail: "the pages: they do not follow from the evidence inside; some row is another than what follows",
          signatures_hold: true,
          root: world.board === null ? "nothing" : "own",
          sealed_bytes: 412_340,
          added_bytes: 0,
          signatures: [SEAL],
        };
        return verdict;
      }
      const held = /other/.test(name) ? EXTRACT : /circulated/.test(name) ? CIRCULATED : MINUTES;
      if (held !== EXTRACT && world.board !== null) return { ...verdict, held };
      if (against !== "" && against !== held.certificate_root) {
        verdict.refused = {
          code: "certificate-other-root",
          plainly:
            "It was signed under another root than the one it was compared with: it is not that board's document.",
          detail: `the PDF: the chain ends in certificate root ${held.certificate_root}, which is not the one given`,
          signatures_hold: false,
          root: "nothing",
          sealed_bytes: 0,
          added_bytes: 0,
          signatures: [],
        };
        return verdict;
      }
      return { ...verdict, held: { ...held, root: against === "" ? "nothing" : "given" } };
    },
  };
}
