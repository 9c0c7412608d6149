import type { ChangeRow, Commands, Noun, ObligationView, StandingView } from "../../src/ipc/contract";
import { CommandError } from "../../src/ipc/errors";

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
    met: null,
  };
  return [one, { ...one, id: "aa7710b17ce041f0", at: "2026-11-02T23:40:00Z", met: "Reviewed on 4 November." }];
}

type Answered = Pick<Commands, "pipelines" | "suspendStanding" | "meetObligation">;

export function pipelineCommands(row: (id: string) => ChangeRow, changed: (...nouns: Noun[]) => void): Answered {
  let standing: StandingView[] | null = null;
  let owed: ObligationView[] | null = null;
  const notFound = (what: string, id: string) => new CommandError({ kind: "not_found", detail: { what, id } });
  return {
    pipelines: async ({ change }) => {
      const { id, key } = row(change);
      if (id !== REPEATED) return { standing: [], obligations: [] };
      standing ??= standingOf(key);
      owed ??= owedOf(key);
      return structuredClone({ standing, obligations: owed });
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
  };
}
