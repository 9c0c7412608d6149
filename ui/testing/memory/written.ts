import type { Asking, ChangeView, Fact, MemberRef, WrittenView } from "../../src/ipc/contract";
import { MEMBERS } from "./people";

const SHORT = "5b1c02ad9e7f43c1";

function facts({ row }: ChangeView): Fact[] {
  return [
    { label: "Change", value: row.key },
    { label: "Title", value: row.title },
    { label: "Risk", value: "High · 61 of 100 points" },
  ];
}

/** Of a change that is decided two comments answer: one that may be counted, and one of somebody who has a part in it. */
export function writtenView(change: ChangeView, me: MemberRef): WrittenView {
  const authorities = MEMBERS.map(({ member }) => member).filter(
    (member) => member.id !== me.id && member.roles.some((role) => role === "cto" || role === "technical_lead"),
  );
  const asked = change.decision !== null;
  const [lead, cto] = [MEMBERS[1]!.member, MEMBERS[2]!.member];
  return {
    recorder: me,
    authorities,
    facts: asked ? facts(change) : [],
    offers: asked
      ? [
          {
            comment: 7,
            member: cto,
            at: "2026-11-20T18:41:00Z",
            quote: `I approve ${change.row.key} ${SHORT}`,
            verdict: "approve",
            refusal: null,
          },
          {
            comment: 4,
            member: lead,
            at: "2026-11-20T09:05:00Z",
            quote: `I reject ${change.row.key} ${SHORT}: the rollback was not rehearsed`,
            verdict: "reject",
            refusal: {
              code: "duty-requester",
              rule: `${lead.name}: whoever asked for a change does not sign it off.`,
              clause: "R89",
              remedy: "Another authority signs.",
              facts: [],
            },
          },
        ]
      : [],
    counts: true,
    refusal: null,
  };
}

export function asking(change: ChangeView, member: string): Asking {
  const { key } = change.row;
  const name = MEMBERS.find((row) => row.member.id === member)?.member.name ?? "";
  const approve = `I approve ${key} ${SHORT}`;
  const reject = `I reject ${key} ${SHORT}`;
  return {
    change: key,
    member: name,
    manifest: SHORT.repeat(4),
    short: SHORT,
    approve,
    reject,
    facts: facts(change),
    text: `${name}, please read ${key} as it stands now, and answer with one line.\n\nTo approve it: ${approve}\nTo reject it: ${reject}: and why\n`,
  };
}
