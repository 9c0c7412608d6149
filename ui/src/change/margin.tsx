import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Button } from "../ds/button";
import { Facts, Section } from "../ds/layout";
import { DecisionMark, GateCount } from "../ds/marks";
import { RefusalBody } from "../ds/refusal";
import { moment, shortDay } from "../ds/time";
import type { ApprovalState, ChangeView } from "../ipc/contract";
import { SignOffSlots } from "./sign-off-slots";

/** An approval that holds goes out as one; one that is stale is told of. */
const HANDED_OUT: readonly ApprovalState[] = ["holds", "stale"];

/** The margin of the form: where it stands, whose turn it is, who is behind it. */
export function Margin(props: {
  change: ChangeView;
  onHandOut: () => void;
  onExportPlan: () => void;
  onReturn: () => void;
}) {
  const { t } = useTranslation();
  const { change, onHandOut, onExportPlan, onReturn } = props;
  const approved = (change.decision ?? change.delegated)?.approval === "holds";
  const { row } = change;
  const meeting = change.meeting
    ? t("change.onAgendaOf", { title: change.meeting.title, when: shortDay(change.meeting.starts_at) })
    : null;
  // What its requester could fill in; the command asks about every other change as well.
  const incomplete = row.gates_failed > 0 || row.risk.open > 0;
  return (
    <aside
      tabIndex={0}
      data-region="margin"
      aria-label={t("change.margin")}
      className="scroll w-72 shrink-0 border-l border-line px-5 py-6 @max-3xl:hidden"
    >
      <div className="flex flex-col gap-6">
        <Section title={t("change.standing")}>
          {change.decision ? (
            <>
              <DecisionMark decision={change.decision.kind} approval={change.decision.approval} />
              <p className="mt-1.5 text-ink-2">{change.decision.rationale}</p>
              <p className="num mt-1.5 text-xs text-ink-2">
                {change.decision.meeting_title}, {shortDay(change.decision.decided_at)}
              </p>
              {HANDED_OUT.includes(change.decision.approval) ? (
                <Button className="mt-3" keys="e" onPress={onHandOut}>
                  {t("change.handOut")}
                </Button>
              ) : null}
            </>
          ) : change.delegated ? (
            <>
              <DecisionMark decision="approved" approval={change.delegated.approval} />
              <p className="mt-1.5 text-ink-2">{t("change.delegated", { name: change.delegated.by })}</p>
              <p className="num mt-1.5 text-xs text-ink-2">{shortDay(change.delegated.at)}</p>
              {meeting ? <p className="mt-1.5 text-ink-2">{meeting}</p> : null}
              <Button className="mt-3" keys="e" onPress={onHandOut}>
                {t("change.handOut")}
              </Button>
            </>
          ) : (
            <p className="text-ink-2">{meeting ?? t("change.noDecision")}</p>
          )}
          {approved ? (
            <Button className="mt-3" keys="h" onPress={onExportPlan}>
              {t("papers.plan")}
            </Button>
          ) : null}
        </Section>
        <Section title={t("change.gates")}>
          <GateCount failed={row.gates_failed} blocking={row.gates_blocking} />
          {incomplete && !change.decision && !change.delegated ? (
            <div className="mt-3">
              <Button keys="t" onPress={onReturn}>
                {t("command.change.returns")}
              </Button>
            </div>
          ) : null}
        </Section>
        {change.required_sign_offs.length > 0 ? (
          <Section title={t("change.signOffs")}>
            <SignOffSlots slots={change.required_sign_offs} signOffs={change.sign_offs} />
            {change.signing_refusal ? (
              <div className="mt-3 border-t border-line pt-3 text-xs">
                <RefusalBody refusal={change.signing_refusal} />
              </div>
            ) : null}
          </Section>
        ) : null}
        <Section title={t("change.people")}>
          <Facts
            narrow
            facts={[
              [t("change.author"), row.author ?? t("change.missing")],
              [t("change.requester"), change.requester ?? t("change.missing")],
              [t("change.implementer"), change.implementer ?? t("change.missing")],
            ]}
          />
        </Section>
        <Section title={t("change.ticket")}>
          <Facts
            narrow
            facts={[
              [t("change.status"), row.remote_status],
              [
                t("change.release"),
                row.release === null ? (
                  t("releases.none")
                ) : (
                  <Link
                    key="release"
                    to="/releases"
                    search={{ release: row.release }}
                    className="underline hover:text-ink"
                  >
                    {row.release}
                  </Link>
                ),
              ],
              [t("change.project"), change.project],
              [t("change.updated"), moment(row.updated_at)],
              [t("change.synced"), moment(change.synced_at)],
              [
                t("change.address"),
                <span key="url" className="break-all">
                  {change.url}
                </span>,
              ],
            ]}
          />
          {change.missing.length > 0 ? (
            <p className="mt-2 text-xs text-warn">{t("change.notInEvidence", { what: change.missing.join("; ") })}</p>
          ) : change.complete ? null : (
            <p className="mt-2 text-xs text-warn">{t("change.incomplete")}</p>
          )}
        </Section>
      </div>
    </aside>
  );
}
