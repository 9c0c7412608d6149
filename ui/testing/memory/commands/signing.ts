import type { Commands } from "../../../src/ipc/contract";
import { NOW } from "../changes";
import { wordSigning } from "../dispensations";
import * as extras from "../extras";
import { policySigning } from "../policies";
import { refuse } from "../refusals";
import type { World } from "../world";
import { asking, writtenView } from "../written";

type Answered = Pick<Commands, "requestSigning" | "written" | "askInWriting" | "signingView" | "sign" | "closeSigning">;

/** The signing window, and what is signed in writing instead. */
export function signingCommands(world: World): Answered {
  const { change, asked, signings } = world;
  return {
    requestSigning: async ({ subject }) => {
      asked.push(subject);
      if (subject.kind === "reaffirm") world.signing = extras.reaffirmSigning();
      if (subject.kind === "policy") world.signing = policySigning();
      if (subject.kind === "waiver") world.signing = wordSigning(subject);
      return null;
    },
    written: async (request) => writtenView(change(request.change).view, world.me),
    askInWriting: async (request) => asking(change(request.change).view, request.member),
    signingView: async () => structuredClone(world.signing),
    sign: async (request) => {
      signings.push(request);
      const signer = world.signing.signers.find((one) => one.member.id === request.member);
      if (signer?.name_asked && request.named.trim() !== signer.member.name)
        throw refuse({
          code: "other_name",
          rule: `What was typed is neither the name of ${signer.member.name} nor an account of theirs.`,
          clause: null,
          remedy: "Type the name as the roster has it, or choose another signer.",
          facts: [],
        });
      if (request.pin !== null && request.pin !== "maple-17-river")
        throw refuse({
          code: "wrong_pin",
          rule: "The PIN is not right.",
          clause: null,
          remedy: "Try again; after three more the next attempt has to wait.",
          facts: [],
        });
      world.signing = {
        ...world.signing,
        signers: world.signing.signers.map((signer) => ({
          ...signer,
          name_asked: signer.name_asked && signer.member.id !== request.member,
          session: request.keep_unlocked
            ? { member: signer.member, purpose: world.signing.purpose, ends_at: "2026-11-21T14:50:00Z" }
            : null,
        })),
        statements: world.signing.statements.map((statement) =>
          statement.id === request.statement
            ? {
                ...statement,
                state: "signed",
                signed_at: NOW,
                rejection: null,
                reaffirmation: null,
                tick_each: false,
                meaning:
                  request.verdict === "reject"
                    ? `${statement.rejection} ${request.reason}`
                    : `${statement.meaning} ${request.reason}`.trim(),
              }
            : statement,
        ),
      };
      return structuredClone(world.signing);
    },
    closeSigning: async () => null,
  };
}
