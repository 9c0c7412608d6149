import { useNavigate, useParams } from "@tanstack/react-router";
import { ArrowLeft, BookOpen, CircleCheck, CircleX, FileText, ShieldCheck } from "lucide-react";
import type { ReactNode } from "react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { ConditionList } from "../change/conditions";
import { useCommand } from "../commands/registry";
import { Button, IconButton } from "../ds/button";
import { DialogFrame } from "../ds/dialog";
import { Facts, Failed, Reading } from "../ds/layout";
import { DecisionMark, GateMark, Key, LevelMark } from "../ds/marks";
import { RefusalBody } from "../ds/refusal";
import { clock, moment, shortDay } from "../ds/time";
import type { Verification, WrapUp as View, WrapUpItem } from "../ipc/contract";
import { useAct, useShow, useView } from "../ipc/queries";
import { warm } from "../preview/drawer";
import { Annexes } from "./annexes";
import { Circulated } from "./circulated";
import { Corrections } from "./corrections";
import { Errata } from "./errata";
import { HandOutMinutes } from "./hand-out-minutes";
import { useMinutesPrepared } from "./minutes-source";
import { NextMeeting } from "./next-meeting";
import { Signatories } from "./signatories";
import { Signers } from "./signers";

export function WrapUp() {
  const { meeting } = useParams({ from: "/shell/meetings/$meeting/wrap-up" });
  const view = useView("wrapUp", { meeting });
  if (view.error) return <Failed thrown={view.error} onRetry={() => view.refetch()} />;
  if (!view.data) return <Reading />;
  return <WrapUpPage view={view.data} />;
}

type PartName = "decisions" | "attendance" | "signOffs" | "minutes";
type Step = "close" | "sign" | "seal" | "done";

/** The end of the meeting as one sheet: decisions, who was there, signatures, minutes; one next step at its foot. */
function WrapUpPage({ view }: { view: View }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const show = useShow();
  const meeting = view.meeting.id;
  const inSession = view.meeting.state === "in_session";
  const [closing, setClosing] = useState(false);
  const [handingOut, setHandingOut] = useState(false);
  const shown = (next: View) => show("wrapUp", { meeting }, next);
  // Why the close composed no draft: it stays though the sheet is read anew, until a draft is composed.
  const [failed, setFailed] = useState<string | null>(null);
  const close = useAct("closeMeeting", {
    onDone: (next) => {
      setClosing(false);
      setFailed(next.compose_failed);
      shown(next);
    },
  });
  const compose = useAct("composeMinutes", {
    onDone: (next) => {
      setFailed(null);
      shown(next);
    },
  });
  // What was found stays on the sheet, with its time, though the sheet is read anew when something else changes.
  const [found, setFound] = useState<Verification | null>(null);
  const verify = useAct("verifyMinutes", {
    onDone: (next) => {
      setFound(next.verification);
      shown(next);
    },
  });
  const verification = view.verification ?? found;
  const open = useAct("openMinutes");
  const sign = useAct("requestSigning");
  const seal = () => sign.mutate({ subject: { kind: "minutes", meeting } });
  const signQueue = () => sign.mutate({ subject: { kind: "queue", meeting } });
  const back = () =>
    inSession ? navigate({ to: "/meetings/$meeting", params: { meeting } }) : navigate({ to: "/meetings" });

  const step: Step = inSession
    ? "close"
    : view.minutes.state === "sealed"
      ? "done"
      : view.sign_offs_missing > 0
        ? "sign"
        : "seal";
  const hasMinutes = view.minutes.state !== "none";
  const sealed = view.minutes.state === "sealed";
  // Whoever closed, sealed or came for the minutes reads them next.
  useEffect(() => {
    if (hasMinutes) warm();
  }, [hasMinutes]);
  useMinutesPrepared(meeting, view.minutes);
  const pages = () => navigate({ to: "/meetings/$meeting/wrap-up/pages", params: { meeting } });
  useCommand("wrapUp.pages", hasMinutes ? pages : null);
  useCommand("wrapUp.close", inSession ? () => setClosing(true) : null);
  useCommand("wrapUp.sign", signQueue);
  useCommand("wrapUp.seal", !inSession && view.minutes.state !== "sealed" ? seal : null);
  useCommand("wrapUp.open", hasMinutes ? () => open.mutate({ meeting }) : null);
  useCommand("wrapUp.verify", view.minutes.state === "sealed" ? () => verify.mutate({ meeting }) : null);
  useCommand("wrapUp.handOut", inSession ? null : () => setHandingOut(true));
  useCommand("wrapUp.compose", inSession || sealed ? null : () => compose.mutate({ meeting }));
  useCommand("wrapUp.back", back);

  // In session the decisions lead; afterwards the minutes are what one came for.
  const order: PartName[] = inSession
    ? ["decisions", "attendance", "signOffs", "minutes"]
    : ["minutes", "signOffs", "decisions", "attendance"];
  const place = (part: PartName) => order.indexOf(part) + 1;
  const parts: Record<PartName, ReactNode> = {
    decisions: (
      <Part
        key="decisions"
        number={place("decisions")}
        title={t("wrapUp.decisions")}
        aside={t("wrapUp.decidedOf", { done: view.items.length - view.undecided, total: view.items.length })}
      >
        <ol className="divide-y divide-line border-y border-line">
          {view.items.map((item) => (
            <ItemLine key={item.id} item={item} closed={!inSession} />
          ))}
        </ol>
      </Part>
    ),
    attendance: (
      <Part key="attendance" number={place("attendance")} title={t("wrapUp.attendance")}>
        <Facts
          facts={[
            [t("wrapUp.present"), view.attendance.present.join(", ") || t("common.none")],
            [t("wrapUp.absent"), view.attendance.absent.join(", ") || t("common.none")],
            [t("wrapUp.quorum"), view.attendance.arithmetic],
          ]}
        />
        <NextMeeting view={view} />
      </Part>
    ),
    signOffs: (
      <Part key="signOffs" number={place("signOffs")} title={t("wrapUp.signOffs")}>
        {view.sign_offs_missing === 0 ? (
          <p className="flex items-center gap-2">
            <CircleCheck size={16} className="text-good" aria-hidden="true" /> {t("wrapUp.allSigned")}
          </p>
        ) : (
          <div className="flex items-center gap-4">
            <p className="grow">{t("wrapUp.signOffsMissing", { count: view.sign_offs_missing })}</p>
            <Button keys="s" look={step === "sign" ? "primary" : "plain"} onPress={signQueue}>
              {t("wrapUp.signNow")}
            </Button>
          </div>
        )}
      </Part>
    ),
    minutes: (
      <Part
        key="minutes"
        number={place("minutes")}
        title={t("wrapUp.minutes")}
        aside={t(`wrapUp.minutesState.${view.minutes.state}`)}
      >
        {inSession ? <p className="text-ink-2">{t("wrapUp.minutesAfterClose")}</p> : null}
        {!inSession && failed !== null ? (
          <p role="alert" className="measure mb-3 text-warn">
            {t("wrapUp.composeFailed", { why: failed })}
          </p>
        ) : null}
        {!inSession && !sealed ? (
          <div className="mb-3 flex items-center gap-4">
            <p className={`grow ${view.minutes.outdated ? "text-warn" : "text-ink-2"}`}>
              {t(view.minutes.outdated ? "wrapUp.outdated" : "wrapUp.composeHint")}
            </p>
            <Button keys="w" isPending={compose.isPending} onPress={() => compose.mutate({ meeting })}>
              {t(hasMinutes ? "wrapUp.composeAgain" : "wrapUp.compose")}
            </Button>
          </div>
        ) : null}
        {hasMinutes ? (
          <>
            <div className="flex items-start gap-4">
              <FileText size={18} className="mt-0.5 shrink-0 text-ink-2" aria-hidden="true" />
              <Facts
                className="grow"
                facts={[
                  [
                    t("wrapUp.file"),
                    <span key="path" className="break-all">
                      {view.minutes.path}
                    </span>,
                  ],
                  ...(view.minutes.pages === null
                    ? []
                    : ([[t("wrapUp.pages"), String(view.minutes.pages)]] as [string, ReactNode][])),
                  ...(!sealed && view.minutes.composed_at
                    ? ([[t("wrapUp.composed"), moment(view.minutes.composed_at)]] as [string, ReactNode][])
                    : []),
                  ...(view.minutes.sealed_at
                    ? ([
                        [
                          t("wrapUp.sealed"),
                          t("wrapUp.sealedBy", { name: view.minutes.sealer, when: moment(view.minutes.sealed_at) }),
                        ],
                      ] as [string, ReactNode][])
                    : []),
                  ...(view.minutes.sha256
                    ? ([
                        [
                          "SHA-256",
                          <span key="sha" className="font-mono text-xs break-all">
                            {view.minutes.sha256}
                          </span>,
                        ],
                      ] as [string, ReactNode][])
                    : []),
                ]}
              />
              <div className="flex shrink-0 flex-col gap-2">
                <Button keys="l" icon={<BookOpen size={15} />} onPress={pages}>
                  {t("preview.read")}
                </Button>
                <Button keys="o" onPress={() => open.mutate({ meeting })}>
                  {t("wrapUp.open")}
                </Button>
              </div>
            </div>
            {verification ? <VerificationBlock verification={verification} /> : null}
            <Signers meeting={meeting} signers={view.minutes.signers} />
          </>
        ) : null}
        {inSession ? null : <Corrections meeting={meeting} items={view.items} sealed={sealed} />}
        {inSession || sealed ? null : <Signatories meeting={meeting} />}
        {sealed ? (
          <>
            <Annexes meeting={meeting} />
            <Errata meeting={meeting} />
            <Circulated meeting={meeting} items={view.items} />
          </>
        ) : null}
        {!inSession && view.seal_refusal && view.minutes.state !== "sealed" ? (
          <div className="mt-4 border-l-2 border-warn pl-3">
            <RefusalBody refusal={view.seal_refusal} />
          </div>
        ) : null}
      </Part>
    ),
  };

  return (
    <div className="flex h-full flex-col">
      <div data-region="sheet" tabIndex={0} className="scroll min-h-0 grow px-6 py-8 outline-none">
        <div className="mx-auto max-w-[58rem]">
          <header className="mb-8 flex items-start gap-3">
            <IconButton label={t("command.wrapUp.back")} keys="u" icon={<ArrowLeft size={16} />} onPress={back} />
            <div>
              <h1 className="text-2xl font-semibold tracking-tight">{view.meeting.title}</h1>
              <p className="num mt-1 text-ink-2">
                {shortDay(view.meeting.starts_at, view.meeting.zone)},{" "}
                {clock(view.meeting.starts_at, view.meeting.zone)}{" "}
                {[view.meeting.zone, view.meeting.place, t("agenda.chair", { name: view.meeting.chair })]
                  .filter(Boolean)
                  .join(" · ")}
              </p>
            </div>
          </header>

          {order.map((part) => parts[part])}
        </div>
      </div>
      <footer data-region="acts" className="flex shrink-0 flex-wrap items-center gap-3 border-t border-line px-6 py-3">
        <p className="grow text-ink-2">
          {step === "done" && view.sign_offs_missing > 0 ? t("wrapUp.next.doneUnsigned") : t(`wrapUp.next.${step}`)}
        </p>
        {view.minutes.state === "sealed" ? (
          <Button
            keys="v"
            isPending={verify.isPending}
            icon={<ShieldCheck size={15} />}
            onPress={() => verify.mutate({ meeting })}
          >
            {t("wrapUp.verify")}
          </Button>
        ) : null}
        {inSession ? null : (
          <Button keys="d" onPress={() => setHandingOut(true)}>
            {t(sealed ? "minutes.handOut" : "minutes.handOutDraft")}
          </Button>
        )}
        {step === "close" ? (
          <Button look="primary" keys="c" onPress={() => setClosing(true)}>
            {t("wrapUp.close")}
          </Button>
        ) : null}
        {step === "sign" || step === "seal" ? (
          <Button
            look={step === "seal" ? "primary" : "plain"}
            keys="Mod+Enter"
            isPending={sign.isPending}
            onPress={seal}
          >
            {t("wrapUp.seal")}
          </Button>
        ) : null}
        {step === "done" && view.queued > 0 ? (
          <Button look="primary" onPress={() => navigate({ to: "/outbox" })}>
            {t("wrapUp.outbox", { count: view.queued })}
          </Button>
        ) : null}
      </footer>
      {handingOut ? (
        <HandOutMinutes meeting={view.meeting} draft={!sealed} onClose={() => setHandingOut(false)} />
      ) : null}
      {closing ? (
        <DialogFrame
          title={t("wrapUp.closeTitle")}
          onClose={() => setClosing(false)}
          actions={
            <>
              <Button onPress={() => setClosing(false)}>{t("common.cancel")}</Button>
              {view.close_refusal ? null : (
                <Button look="primary" autoFocus isPending={close.isPending} onPress={() => close.mutate({ meeting })}>
                  {t("wrapUp.closeNow")}
                </Button>
              )}
            </>
          }
        >
          {view.close_refusal ? (
            <RefusalBody refusal={view.close_refusal} />
          ) : (
            <div className="flex flex-col gap-2">
              <p>{t("wrapUp.closeExplains")}</p>
              {view.undecided > 0 ? (
                <p className="font-medium text-warn">{t("wrapUp.closeUndecided", { count: view.undecided })}</p>
              ) : null}
            </div>
          )}
        </DialogFrame>
      ) : null}
    </div>
  );
}

function Part(props: { number: number; title: string; aside?: string; children: ReactNode }) {
  return (
    <section className="mb-9 grid grid-cols-[2rem_1fr] gap-x-2">
      <span aria-hidden="true" className="num text-lg text-ink-3">
        {props.number}
      </span>
      <div className="min-w-0">
        <header className="mb-3 flex items-baseline justify-between">
          <h2 className="text-lg font-semibold">{props.title}</h2>
          <p className="num text-ink-2">{props.aside}</p>
        </header>
        {props.children}
      </div>
    </section>
  );
}

function ItemLine({ item, closed }: { item: WrapUpItem; closed: boolean }) {
  const { t } = useTranslation();
  const missing = item.required_sign_offs.filter((slot) => slot.state !== "holds" && slot.state !== "waived");
  const approved = item.decision?.kind === "approved" || item.decision?.kind === "approved_with_conditions";
  const unmet = item.conditions.filter((condition) => condition.when === "before" && condition.state === "open").length;
  return (
    <li className="grid grid-cols-[1.75rem_1fr_15rem] gap-3 py-3">
      <span className="num text-right text-ink-2">{item.number}</span>
      <div className="min-w-0">
        <p className="flex items-baseline gap-2">
          <Key id={item.key} className="shrink-0 text-ink-2" />
          <span className="min-w-0 font-medium">{item.title}</span>
        </p>
        {item.decision ? (
          <p className="mt-0.5 text-ink-2">
            {t(`basis.${item.decision.basis}`)}
            {item.decision.tally && item.decision.basis === "vote" ? ` · ${item.decision.tally.arithmetic}` : ""}
          </p>
        ) : null}
        {item.decision?.rationale ? <p className="measure mt-0.5">{item.decision.rationale}</p> : null}
        {item.conditions.length > 0 ? (
          <div className="mt-2">
            <ConditionList conditions={item.conditions} />
          </div>
        ) : null}
      </div>
      <div className="min-w-0">
        {item.decision ? (
          <DecisionMark decision={item.decision.kind} />
        ) : closed ? (
          <DecisionMark decision="no_decision" />
        ) : (
          <span className="text-ink-2">{t("wrapUp.undecided")}</span>
        )}
        {item.level ? (
          <p className="mt-0.5 text-xs">
            <LevelMark level={item.level} />
          </p>
        ) : null}
        {approved ? (
          <p className={`mt-1 text-xs ${missing.length > 0 || unmet > 0 ? "text-warn" : "text-ink-2"}`}>
            {missing.length > 0
              ? t("wrapUp.waitsFor", {
                  roles: missing.map((slot) => slot.department?.name ?? t(`role.${slot.role}`)).join(", "),
                })
              : unmet > 0
                ? t("wrapUp.waitsForConditions", { count: unmet })
                : t("approval.holds")}
          </p>
        ) : null}
      </div>
    </li>
  );
}

function VerificationBlock({ verification }: { verification: Verification }) {
  const { t } = useTranslation();
  return (
    <section
      aria-label={t("wrapUp.verification")}
      className={`mt-5 rounded-md border px-4 py-3 ${verification.verified ? "border-good bg-good-soft" : "border-bad bg-bad-soft"}`}
    >
      <p className={`flex items-start gap-2 font-medium ${verification.verified ? "text-good" : "text-bad"}`}>
        {verification.verified ? (
          <ShieldCheck size={17} aria-hidden="true" className="shrink-0" />
        ) : (
          <CircleX size={17} aria-hidden="true" className="shrink-0" />
        )}
        <span className="grow">{verification.verdict}</span>
        <span className="num shrink-0 text-xs font-normal text-ink-2">{moment(verification.verified_at)}</span>
      </p>
      <ul className="mt-3 flex flex-col gap-1">
        {verification.checks.map((check) => (
          <li key={check.label} className="grid grid-cols-[8rem_14rem_1fr] gap-3">
            <GateMark result={check.result} />
            <span>{check.label}</span>
            <span className="num min-w-0 break-words text-ink-2">{check.detail}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
