import { CircleCheck, CirclePause, Siren } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useCommand } from "../commands/registry";
import { Button } from "../ds/button";
import { Failed, Section } from "../ds/layout";
import { useNotices } from "../ds/notices";
import { ReasonDialog } from "../ds/reason-dialog";
import { RefusalBody } from "../ds/refusal";
import { moment } from "../ds/time";
import type { ChangeRow, ObligationView, StandingView } from "../ipc/contract";
import { useAct, useView } from "../ipc/queries";
import { BringReceipts } from "./receipts";
import { Stand } from "./stand";

/** What pipelines may repeat of this change, what a broken glass left owing, and what pipelines bring back. */
export function Pipelines({ row }: { row: ChangeRow }) {
  const { t } = useTranslation();
  const { data: view, error, refetch } = useView("pipelines", { change: row.id });
  const [suspending, setSuspending] = useState<StandingView | null>(null);
  const [meeting, setMeeting] = useState<ObligationView | null>(null);
  const [signing, setSigning] = useState(false);
  const [bringing, setBringing] = useState(false);
  const runs = view?.standing.find((standing) => standing.holds);
  const open = view?.obligations.find((owed) => owed.met === null);
  useCommand("change.suspend", runs ? () => setSuspending(runs) : null);
  useCommand("change.meetOwed", open ? () => setMeeting(open) : null);
  useCommand("change.stand", view?.offer ? () => setSigning(true) : null);
  useCommand("change.bringReceipts", view ? () => setBringing(true) : null);
  if (error) return <Failed thrown={error} onRetry={() => refetch()} />;
  if (!view) return null;
  return (
    <>
      {view.obligations.length > 0 ? (
        <Section title={t("pipelines.owed")}>
          <p className="measure text-ink-2">{t("pipelines.owedHint")}</p>
          <ul className="mt-2 divide-y divide-line border-y border-line">
            {view.obligations.map((owed) => (
              <Owed key={owed.id} owed={owed} first={owed === open} onMeet={() => setMeeting(owed)} />
            ))}
          </ul>
        </Section>
      ) : null}
      {view.standing.length > 0 || row.kind === "standard" ? (
        <Section title={t("pipelines.title")}>
          {view.standing.length > 0 ? (
            <>
              <p className="measure text-ink-2">{t("pipelines.hint")}</p>
              <ul className="mt-2 divide-y divide-line border-y border-line">
                {view.standing.map((standing) => (
                  <Standing
                    key={standing.id}
                    standing={standing}
                    first={standing === runs}
                    onSuspend={() => setSuspending(standing)}
                  />
                ))}
              </ul>
            </>
          ) : (
            <p className="measure text-ink-2">{t("pipelines.none")}</p>
          )}
          {view.offer ? (
            <Button className="mt-3" keys="a" onPress={() => setSigning(true)}>
              {t("pipelines.stand")}
            </Button>
          ) : null}
          {view.refusal ? (
            <div className="mt-3 border-l-2 border-line-strong pl-3">
              <p className="text-ink-2">{t("pipelines.notNow")}</p>
              <RefusalBody refusal={view.refusal} />
            </div>
          ) : null}
        </Section>
      ) : null}
      <Section title={t("pipelines.receipts")}>
        <p className="measure text-ink-2">{t("pipelines.receiptsHint")}</p>
        <Button className="mt-3" keys="b" onPress={() => setBringing(true)}>
          {t("pipelines.bring")}
        </Button>
      </Section>
      {suspending ? <Suspend standing={suspending} onClose={() => setSuspending(null)} /> : null}
      {meeting ? <Meet owed={meeting} onClose={() => setMeeting(null)} /> : null}
      {signing && view.offer ? <Stand row={row} offer={view.offer} onClose={() => setSigning(false)} /> : null}
      {bringing ? <BringReceipts onClose={() => setBringing(false)} /> : null}
    </>
  );
}

function Standing(props: { standing: StandingView; first: boolean; onSuspend: () => void }) {
  const { t } = useTranslation();
  const { pipeline, service, environment, uses, counted, expires, signed_by, state, holds } = props.standing;
  const about = [
    t("pipelines.uses", { counted, uses }),
    t("pipelines.until", { when: moment(expires) }),
    t("pipelines.by", { name: signed_by }),
  ];
  return (
    <li className="flex flex-wrap items-start gap-3 py-2.5">
      {holds ? (
        <CircleCheck size={15} className="mt-0.5 shrink-0 text-good" aria-hidden="true" />
      ) : (
        <CirclePause size={15} className="mt-0.5 shrink-0 text-ink-2" aria-hidden="true" />
      )}
      <div className="min-w-64 grow basis-0">
        <p>{t("pipelines.may", { pipeline, service, environment })}</p>
        <p className="num text-xs text-ink-2">{about.join(" · ")}</p>
        <p className={holds ? "text-good" : "text-ink-2"}>{state}</p>
      </div>
      {holds ? (
        <Button keys={props.first ? "x" : undefined} onPress={props.onSuspend}>
          <span>
            <span className="sr-only">{pipeline}: </span>
            {t("pipelines.suspend")}
          </span>
        </Button>
      ) : null}
    </li>
  );
}

function Owed(props: { owed: ObligationView; first: boolean; onMeet: () => void }) {
  const { t } = useTranslation();
  const { what, reason, at, due, overdue, met } = props.owed;
  return (
    <li className="flex flex-wrap items-start gap-3 py-2.5">
      {met === null ? (
        <Siren size={15} className="mt-0.5 shrink-0 text-bad" aria-hidden="true" />
      ) : (
        <CircleCheck size={15} className="mt-0.5 shrink-0 text-good" aria-hidden="true" />
      )}
      <div className="min-w-64 grow basis-0">
        <p className="measure">{what}</p>
        <p className="measure text-ink-2">{t("pipelines.because", { reason })}</p>
        <p className="num text-xs text-ink-2">{moment(at)}</p>
        <p className={met === null ? "font-medium text-bad" : "text-good"}>
          {met === null
            ? t(overdue ? "pipelines.overdue" : "pipelines.due", { when: moment(due) })
            : t("pipelines.met", { note: met })}
        </p>
      </div>
      {met === null ? (
        <Button keys={props.first ? "m" : undefined} onPress={props.onMeet}>
          <span>
            <span className="sr-only">{what}: </span>
            {t("pipelines.meet")}
          </span>
        </Button>
      ) : null}
    </li>
  );
}

/** Anybody on the board may stop it, with a reason. */
function Suspend({ standing, onClose }: { standing: StandingView; onClose: () => void }) {
  const { t } = useTranslation();
  const { say } = useNotices();
  const suspend = useAct("suspendStanding", {
    onDone: () => {
      say(t("pipelines.suspended"));
      onClose();
    },
  });
  return (
    <ReasonDialog
      title={t("pipelines.suspendTitle", { pipeline: standing.pipeline })}
      about={t("pipelines.suspendHint")}
      label={t("pipelines.suspendReason")}
      act={t("pipelines.suspendNow")}
      busy={suspend.isPending}
      onAct={(reason) => suspend.mutate({ standing: standing.id, reason })}
      onClose={onClose}
    />
  );
}

/** What was owed is done: with what shows it, and for good. */
function Meet({ owed, onClose }: { owed: ObligationView; onClose: () => void }) {
  const { t } = useTranslation();
  const { say } = useNotices();
  const meet = useAct("meetObligation", {
    onDone: () => {
      say(t("pipelines.meetDone"));
      onClose();
    },
  });
  return (
    <ReasonDialog
      title={t("pipelines.meetTitle")}
      about={owed.what}
      label={t("pipelines.meetNote")}
      hint={t("pipelines.meetHint")}
      act={t("pipelines.meetNow")}
      busy={meet.isPending}
      onAct={(note) => meet.mutate({ obligation: owed.id, note })}
      onClose={onClose}
    />
  );
}
