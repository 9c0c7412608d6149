import type { ChangeRow, Commands, Noun, ObligationView, Refusal, StandingView } from "../../src/ipc/contract";
import { CommandError } from "../../src/ipc/errors";
import { NOW } from "./changes";
import { notFound } from "./refusals";

/** The change of which a pipeline may repeat something, and of which a broken glass left something owing. */
const REPEATED = "chg-40";

function standingOf(change: string): StandingView[] {
  const one: StandingView = {
    id: "9f3a22c1d0b7e401",
    change,
    service: "pay",
    pipeline: "deploy-pay",
    environment: "production",
    uses: 20,
    counted: 3,
    expires: "2026-12-31T18:00:00Z",
    signed_by: "Amara Okafor",
    state: "Runs",
    holds: true,
  };
  const state = "Suspended: The smoke test failed.";
  return [one, { ...one, id: "41f09bc2aa7710b1", pipeline: "deploy-pay-eu", counted: 7, state, holds: false }];
}

function owedOf(change: string): ObligationView[] {
  const one: ObligationView = {
    id: "03dd8e1755c07c1e",
    change,
    what: `${change} → production: a review by the board within 3 days`,
    reason: "Payments were down; nobody could be reached.",
    at: "2026-11-20T02:14:00Z",
    due: "2026-11-25T02:14:00Z",
    overdue: false,
    met: null,
  };
  const before = { at: "2026-11-02T23:40:00Z", due: "2026-11-07T23:40:00Z", met: "Reviewed on 4 November." };
  return [one, { ...one, ...before, id: "aa7710b17ce041f0" }];
}

/** Why nothing can be signed of a standard change that nobody has decided on. */
function undecided(key: string): Refusal {
  return {
    code: "undecided",
    rule: `${key} is not approved: no decision yet.`,
    clause: "R30",
    remedy: "Bring it to a meeting of the board.",
    facts: [],
  };
}

function noReceipt(why: string): CommandError {
  return new CommandError({ kind: "invalid", detail: { field: "receipt", why } });
}

type Answered = Pick<Commands, "pipelines" | "suspendStanding" | "meetObligation" | "bringReceipt">;

export function pipelineCommands(row: (id: string) => ChangeRow, changed: (...nouns: Noun[]) => void): Answered {
  let standing: StandingView[] | null = null;
  let owed: ObligationView[] | null = null;
  /** What was brought in, and whether it failed. */
  const receipts = new Map<string, boolean>();
  return {
    pipelines: async ({ change }) => {
      const { id, key, kind } = row(change);
      if (id !== REPEATED) {
        const refusal = kind === "standard" ? undecided(key) : null;
        return { standing: [], obligations: [], offer: null, refusal };
      }
      standing ??= standingOf(key);
      owed ??= owedOf(key);
      const offer = { environment: "production", signers: ["Amara Okafor"] };
      return structuredClone({ standing, obligations: owed, offer, refusal: null });
    },
    suspendStanding: async ({ standing: id, reason }) => {
      const found = standing?.find((one) => one.id === id);
      if (!found) throw notFound("standing approval", id);
      Object.assign(found, { state: `Suspended: ${reason}`, holds: false });
      changed("changes");
      return structuredClone(found);
    },
    meetObligation: async ({ obligation: id, note }) => {
      const found = owed?.find((one) => one.id === id);
      if (!found) throw notFound("obligation", id);
      found.met = note;
      changed("changes");
      return structuredClone(found);
    },
    bringReceipt: async ({ content, failed }) => {
      const text = atob(content);
      if (!text.includes("gate-receipt"))
        throw noReceipt("It is no receipt that cab-gate wrote: expected value at line 1 column 1");
      if (text.includes("another board")) throw noReceipt("It is about another board.");
      if (text.includes("another device")) throw notFound("standing approval", "77aa");
      const { key } = row(REPEATED);
      standing ??= standingOf(key);
      owed ??= owedOf(key);
      const told = receipts.get(content);
      const known = told !== undefined && (told || !failed);
      if (!known) receipts.set(content, failed);
      changed("changes");
      if (text.includes("glass-broken")) {
        const id = `glass-${content.length}`;
        const made = { ...owedOf(key)[0]!, id, at: NOW, reason: "The shop was down" };
        if (told === undefined) owed = [made, ...owed];
        return structuredClone({ known: told !== undefined, standing: null, owed: made });
      }
      const used = standing[0]!;
      if (told === undefined) used.counted += 1;
      if (failed) Object.assign(used, { state: "Suspended: a deployment under it failed", holds: false });
      return structuredClone({ known, standing: used, owed: null });
    },
  };
}
