import { KeyRound, MicVocal, PenLine, ShieldAlert, UserRoundPlus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useCommand } from "../commands/registry";
import { Button } from "../ds/button";
import { FileChoice } from "../ds/file-choice";
import { Section } from "../ds/layout";
import { SixWords } from "../ds/six-words";
import { day } from "../ds/time";
import type { ProposedRoster, RecordMember, RecordView, WaitingMember } from "../ipc/contract";
import { useAct, useShow } from "../ipc/queries";
import { Admit } from "./admit";
import { Delegations } from "./delegations";
import { Invite } from "./invite";
import { Revoke } from "./revoke";

/** Who sits on the board and how they speak; who waits; and the way in. */
export function Members({ view }: { view: RecordView }) {
  const { t } = useTranslation();
  const show = useShow();
  const [cursor, setCursor] = useState(0);
  const [inviting, setInviting] = useState<RecordMember | "new" | null>(null);
  const [admitting, setAdmitting] = useState<WaitingMember | null>(null);
  const [revoking, setRevoking] = useState<RecordMember | null>(null);
  const sign = useAct("requestSigning");
  const receive = useAct("receiveEnrolment", { onDone: (next) => show("record", undefined, next) });
  const at = Math.min(cursor, Math.max(0, view.members.length - 1));
  const member = view.members[at];
  const signProposal = () => sign.mutate({ subject: { kind: "roster_proposal" } });
  const first = view.waiting[0];

  useCommand("record.next", () => setCursor(Math.min(view.members.length - 1, at + 1)));
  useCommand("record.previous", () => setCursor(Math.max(0, at - 1)));
  useCommand("record.invite", member ? () => setInviting(member) : null);
  useCommand("record.inviteNew", () => setInviting("new"));
  useCommand("record.admit", first ? () => setAdmitting(first) : null);
  useCommand("record.sign", view.proposal ? signProposal : null);

  return (
    <div className="flex max-w-[60rem] flex-col gap-8">
      {view.waiting.map((one, index) => (
        <Waits key={one.enrolment} member={one} first={index === 0} onAdmit={() => setAdmitting(one)} />
      ))}
      {view.proposal ? <Proposal proposal={view.proposal} busy={sign.isPending} onSign={signProposal} /> : null}
      {view.provisional && view.waiting.length === 0 ? (
        <div className="flex items-start gap-3 border-l-2 border-warn pl-4">
          <ShieldAlert size={18} className="mt-0.5 shrink-0 text-warn" aria-hidden="true" />
          <div>
            <h2 className="font-semibold">{t("record.provisional")}</h2>
            <p className="measure mt-0.5 text-ink-2">{t("record.provisionalHint")}</p>
          </div>
        </div>
      ) : null}
      <Section title={t("record.roster")}>
        <table className="w-full border-collapse">
          <thead className="text-xs text-ink-2">
            <tr className="border-b border-line">
              {(["name", "seat", "key"] as const).map((column) => (
                <th key={column} scope="col" className="py-1.5 pr-4 text-left font-normal first:pl-2.5">
                  {t(`record.column.${column}`)}
                </th>
              ))}
              <th scope="col" className="w-80 py-1.5">
                <span className="sr-only">{t("record.column.act")}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {view.members.map((row, index) => (
              <tr
                key={row.member.id}
                aria-current={index === at ? "true" : undefined}
                onPointerDown={() => setCursor(index)}
                className={`border-b border-l-2 border-b-line ${index === at ? "border-l-accent bg-accent-soft" : "border-l-transparent"}`}
              >
                <th scope="row" className="py-1 pr-4 pl-2.5 text-left font-medium">
                  {row.member.name}
                </th>
                <td className="py-1 pr-4 text-ink-2">{row.seat}</td>
                <td className="py-1 pr-4">
                  <KeyMark row={row} />
                </td>
                <td className="flex justify-end gap-1 py-1">
                  {row.has_key ? (
                    <Button look="quiet" onPress={() => setRevoking(row)}>
                      <span>
                        <span className="sr-only">{row.member.name}: </span>
                        {t("record.revoke")}
                      </span>
                    </Button>
                  ) : null}
                  <Button
                    look="quiet"
                    keys={index === at ? "i" : undefined}
                    onPress={() => {
                      setCursor(index);
                      setInviting(row);
                    }}
                  >
                    <span>
                      <span className="sr-only">{row.member.name}: </span>
                      {t(row.has_key ? "record.inviteAgain" : "record.invite")}
                    </span>
                  </Button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        <div className="mt-4 flex flex-wrap gap-2">
          <Button icon={<UserRoundPlus size={15} aria-hidden="true" />} keys="n" onPress={() => setInviting("new")}>
            {t("record.inviteNew")}
          </Button>
          <FileChoice
            look="quiet"
            label={t("record.receive")}
            busy={receive.isPending}
            onText={(text) => receive.mutate({ text })}
          />
        </div>
      </Section>
      <Delegations />
      {inviting ? <Invite who={inviting} view={view} onClose={() => setInviting(null)} /> : null}
      {revoking ? <Revoke row={revoking} onClose={() => setRevoking(null)} /> : null}
      {admitting ? <Admit member={admitting} onClose={() => setAdmitting(null)} /> : null}
    </div>
  );
}

function KeyMark({ row }: { row: RecordMember }) {
  const { t } = useTranslation();
  return (
    <span className="flex flex-wrap items-center gap-x-3 gap-y-0.5">
      <span className={`inline-flex items-center gap-1.5 ${row.has_key ? "text-good" : "text-ink-2"}`}>
        {row.has_key ? <KeyRound size={14} aria-hidden="true" /> : <MicVocal size={14} aria-hidden="true" />}
        {row.has_key ? t("record.keyOn", { count: row.devices }) : t(row.voting ? "record.noKey" : "record.noVote")}
      </span>
      {row.holds_root ? <span className="text-xs text-ink-2">{t("record.mayAdmit")}</span> : null}
      {row.certificate ? (
        <span className="measure text-xs text-ink-2">
          {t("record.certificate", { ...row.certificate, until: day(row.certificate.until) })}
        </span>
      ) : null}
    </span>
  );
}

function Waits({ member, first, onAdmit }: { member: WaitingMember; first: boolean; onAdmit: () => void }) {
  const { t } = useTranslation();
  return (
    <section aria-label={member.name} className="rounded-lg border border-accent bg-accent-soft px-5 py-4">
      <div className="flex flex-wrap items-start gap-4">
        <div className="min-w-64 grow basis-0">
          <h2 className="text-base font-semibold">
            {t(member.replaces ? "record.waitsAgain" : "record.waits", { name: member.name })}
          </h2>
          {member.seat ? <p className="text-ink-2">{member.seat}</p> : null}
          <p className="measure mt-1.5">{t("record.waitsHint")}</p>
          {member.expected ? null : <p className="measure mt-1 font-medium text-bad">{t("record.unexpected")}</p>}
        </div>
        <Button look="primary" keys={first ? "a" : undefined} onPress={onAdmit}>
          {t("record.admit")}
        </Button>
      </div>
      <div className="mt-4">
        <SixWords words={member.words} />
      </div>
    </section>
  );
}

function Proposal(props: { proposal: ProposedRoster; busy: boolean; onSign: () => void }) {
  const { t } = useTranslation();
  const { proposal } = props;
  return (
    <section className="flex flex-wrap items-start gap-4 border-l-2 border-accent pl-4">
      <PenLine size={18} className="mt-0.5 shrink-0 text-accent" aria-hidden="true" />
      <div className="min-w-64 grow basis-0">
        <h2 className="font-semibold">{t("record.proposal")}</h2>
        <ul className="measure mt-1 list-disc pl-4.5 marker:text-ink-3">
          {proposal.changes.map((change) => (
            <li key={change}>{change}</li>
          ))}
        </ul>
        <p className="mt-1 text-ink-2">
          {t("record.proposalSigned", { names: proposal.signed_by.join(", "), count: proposal.needed })}
        </p>
      </div>
      <Button look="primary" keys="s" isPending={props.busy} onPress={props.onSign}>
        {t("record.proposalSign")}
      </Button>
    </section>
  );
}
