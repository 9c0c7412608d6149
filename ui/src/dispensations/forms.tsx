import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { DateEntry, Radios, TextArea } from "../ds/fields";
import { FormDialog } from "../ds/form-dialog";
import { Facts } from "../ds/layout";
import { useNotices } from "../ds/notices";
import { moment } from "../ds/time";
import type { FreezeAct, Gate, GateAct, GateActs, PlanAct, RiskLevel, SaidWord, SigningSubject } from "../ipc/contract";
import { useAct } from "../ipc/queries";

const MINUTE = 60_000;

/** A time as a form's field writes it: local, to the minute, and not before it. */
function localEntry(at: string): string {
  const time = new Date(Math.ceil(Date.parse(at) / MINUTE) * MINUTE);
  const two = (n: number) => String(n).padStart(2, "0");
  const day = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  return `${day}T${two(time.getHours())}:${two(time.getMinutes())}`;
}

/** The form of a word that is signed: what follows from it is said here, and it is signed in the signing window. */
function WordForm(props: {
  title: string;
  subject: SigningSubject;
  /** What stands above the lines; unsaid, what follows once it is in force. */
  impactTitle?: string;
  impact: string[];
  ready: boolean;
  onClose: () => void;
  children: ReactNode;
}) {
  const { t } = useTranslation();
  const { say } = useNotices();
  const { title, subject, impact, ready, onClose, children } = props;
  const heading = props.impactTitle ?? t("dispensations.impact");
  const sign = useAct("requestSigning", {
    onDone: () => {
      say(t("dispensations.open"));
      onClose();
    },
  });
  return (
    <FormDialog
      title={title}
      act={t("dispensations.go")}
      busy={sign.isPending}
      ready={ready}
      onAct={() => sign.mutate({ subject })}
      onClose={onClose}
    >
      <section aria-label={heading} className="border-l-2 border-line-strong pl-3">
        <p className="font-medium">{heading}</p>
        {impact.map((line) => (
          <p key={line} className="measure mt-1 text-ink-2">
            {line}
          </p>
        ))}
      </section>
      {children}
    </FormDialog>
  );
}

/** Why: asked for by the first word, and free for the second. */
function Reason(props: { value: string; onChange: (value: string) => void; free?: boolean }) {
  const { t } = useTranslation();
  const { value, onChange, free = false } = props;
  return (
    <TextArea
      label={t(free ? "dispensations.reasonFree" : "dispensations.reason")}
      hint={t(free ? "dispensations.reasonFreeHint" : "dispensations.reasonHint")}
      value={value}
      onChange={onChange}
      autoFocus
      required={!free}
    />
  );
}

/** A waiver of a gate: the first of two words. */
export function Waive(props: { change: string; gate: Gate; act: GateAct; onClose: () => void }) {
  const { t } = useTranslation();
  const { change, gate, act, onClose } = props;
  const [reason, setReason] = useState("");
  const [until, setUntil] = useState("");
  const free = act.slots.filter((slot) => slot.refusal === null);
  const refused = act.slots.flatMap((slot) => (slot.refusal ? [{ slot, refusal: slot.refusal }] : []));
  // One of several is the member's to choose: none is chosen for them.
  const [chosen, setChosen] = useState(free.length === 1 ? (free[0]?.gate ?? "") : "");
  const over = until !== "" && Date.parse(until) <= Date.now();
  const slot = free.find((one) => one.gate === chosen);
  const others = act.slots.filter((one) => one.gate !== chosen);
  const still = [
    ...others.map((one) => t("dispensations.slotOf", { department: one.department, clause: gate.clause })),
    ...act.still,
  ];
  return (
    <WordForm
      title={t("dispensations.waiveTitle", { gate: gate.label })}
      subject={{
        kind: "waiver",
        change,
        gate: slot?.gate ?? gate.id,
        reason,
        until: until === "" ? "" : new Date(until).toISOString(),
      }}
      impact={[
        slot
          ? t("dispensations.slotImpact", { department: slot.department, clause: gate.clause })
          : act.slots.length > 0
            ? t("dispensations.slotOne")
            : t("dispensations.waiveImpact", { clause: gate.clause }),
        still.length > 0 ? t("dispensations.still", { gates: still.join(", ") }) : t("dispensations.stillNothing"),
        t("dispensations.takesTwo"),
      ]}
      ready={reason.trim() !== "" && !over && (act.slots.length === 0 || slot !== undefined)}
      onClose={onClose}
    >
      {act.slots.length > 0 ? (
        <Radios
          label={t("dispensations.slotField")}
          value={chosen}
          onChange={setChosen}
          choices={free.map((one) => ({ value: one.gate, label: one.department }))}
        />
      ) : null}
      {refused.map((one) => (
        <p key={one.slot.gate} className="measure text-xs text-ink-2">
          <span className="font-medium">{one.slot.department}:</span> {one.refusal.rule} {one.refusal.remedy}
        </p>
      ))}
      <Reason value={reason} onChange={setReason} />
      <DateEntry
        label={t("dispensations.untilField")}
        value={until}
        onChange={setUntil}
        withTime
        hint={t(over ? "dispensations.untilOver" : "dispensations.untilFree")}
      />
    </WordForm>
  );
}

/** An exception from a freeze, with its end: the first of two words. */
export function Except(props: { change: string; freeze: FreezeAct; onClose: () => void }) {
  const { t } = useTranslation();
  const { change, freeze, onClose } = props;
  const [reason, setReason] = useState("");
  const [until, setUntil] = useState(() => localEntry(freeze.window_ends));
  const early = until === "" || Date.parse(until) < Date.parse(freeze.window_ends);
  const over = until !== "" && Date.parse(until) <= Date.now();
  return (
    <WordForm
      title={t("dispensations.exceptTitle", { name: freeze.name })}
      subject={{
        kind: "exception",
        change,
        freeze: freeze.freeze,
        reason,
        until: until === "" ? "" : new Date(until).toISOString(),
      }}
      impact={[
        t("dispensations.exceptImpact"),
        t("dispensations.exceptEdit"),
        t("dispensations.freezeReason", { reason: freeze.reason }),
        t("dispensations.takesTwo"),
      ]}
      ready={reason.trim() !== "" && !early && !over}
      onClose={onClose}
    >
      <Reason value={reason} onChange={setReason} />
      <DateEntry
        label={t("dispensations.untilField")}
        value={until}
        onChange={setUntil}
        withTime
        hint={
          over ? t("dispensations.untilOver") : t("dispensations.untilWindow", { when: moment(freeze.window_ends) })
        }
      />
    </WordForm>
  );
}

/** Another level of risk: by one who raises it, by two who lower it. */
export function Override(props: { change: string; level: GateActs["level"]; onClose: () => void }) {
  const { t } = useTranslation();
  const { change, level, onClose } = props;
  const free = level.choices.filter((choice) => choice.refusal === null);
  const refused = level.choices.flatMap((choice) =>
    choice.refusal ? [{ level: choice.level, refusal: choice.refusal }] : [],
  );
  const [chosen, setChosen] = useState<RiskLevel | null>(free[0]?.level ?? null);
  const [reason, setReason] = useState("");
  const two = free.find((choice) => choice.level === chosen)?.two ?? true;
  return (
    <WordForm
      title={t("dispensations.overrideTitle")}
      subject={{ kind: "override", change, to: chosen ?? level.by_score, reason }}
      impact={[
        t(two ? "dispensations.lowerImpact" : "dispensations.raiseImpact"),
        t("dispensations.levelEdit"),
        t(two ? "dispensations.takesTwo" : "dispensations.oneWord"),
      ]}
      ready={reason.trim() !== "" && chosen !== null}
      onClose={onClose}
    >
      <Radios
        label={t("dispensations.levelField")}
        value={chosen ?? ""}
        onChange={(value) => setChosen(value as RiskLevel)}
        choices={free.map((choice) => ({
          value: choice.level,
          label: t(`level.${choice.level}`),
          detail: t(choice.two ? "dispensations.two" : "dispensations.one"),
        }))}
      />
      {refused.map((one) => (
        <p key={one.level} className="measure text-xs text-ink-2">
          <span className="font-medium">{t(`level.${one.level}`)}:</span> {one.refusal.rule} {one.refusal.remedy}
        </p>
      ))}
      <Reason value={reason} onChange={setReason} />
    </WordForm>
  );
}

/** What a word sets aside, in a line. */
export function useWhat() {
  const { t } = useTranslation();
  return (word: SaidWord) => {
    const kind = t(`dispensations.kind.${word.kind}`);
    return t(word.kind === "exception" ? "dispensations.to" : "dispensations.what", { kind, what: word.what });
  };
}

/** The second person's word on what another said. */
export function Second({ word, onClose }: { word: SaidWord; onClose: () => void }) {
  const { t } = useTranslation();
  const what = useWhat();
  const [reason, setReason] = useState("");
  return (
    <WordForm
      title={t("dispensations.secondTitle", { name: word.by })}
      subject={{ kind: "second", change: word.change, entry: word.entry, reason }}
      impact={[
        t("dispensations.secondImpact"),
        t(word.kind === "exception" ? "dispensations.exceptEdit" : "dispensations.levelEdit"),
      ]}
      ready
      onClose={onClose}
    >
      <Facts
        facts={[
          [word.change, word.title],
          [t(`dispensations.kind.${word.kind}`), what(word)],
          [t("dispensations.reason"), word.reason],
          ...(word.until ? ([[t("dispensations.untilField"), moment(word.until)]] as [string, string][]) : []),
        ]}
      />
      <Reason value={reason} onChange={setReason} free />
    </WordForm>
  );
}

/** The member's own word, taken back. */
export function TakeBack({ word, onClose }: { word: SaidWord; onClose: () => void }) {
  const { t } = useTranslation();
  const what = useWhat();
  const [reason, setReason] = useState("");
  const seconded = word.own !== null && word.own !== word.entry;
  return (
    <WordForm
      title={t("dispensations.takeBackTitle")}
      subject={{ kind: "take_back", change: word.change, entry: word.own ?? word.entry, reason }}
      impactTitle={t("dispensations.takeBackFollows")}
      impact={[
        t(seconded ? "dispensations.takeBackSecond" : "dispensations.takeBackFirst"),
        t("dispensations.takeBackKept"),
      ]}
      ready={reason.trim() !== ""}
      onClose={onClose}
    >
      <Facts
        facts={[
          [word.change, word.title],
          [t(`dispensations.kind.${word.kind}`), what(word)],
          [t("dispensations.saidBy"), word.by],
        ]}
      />
      <Reason value={reason} onChange={setReason} />
    </WordForm>
  );
}

/** The approval of a plan, apart from the change's (R16). */
export function Plan({ change, plan, onClose }: { change: string; plan: PlanAct; onClose: () => void }) {
  const { t } = useTranslation();
  const [reason, setReason] = useState("");
  return (
    <WordForm
      title={t("dispensations.planTitle")}
      subject={{ kind: "plan_approval", change, reason }}
      impact={[
        t("dispensations.planImpact"),
        t("dispensations.planNot"),
        t("dispensations.planRoles", { roles: plan.roles.join(", ") }),
      ]}
      ready
      onClose={onClose}
    >
      <Reason value={reason} onChange={setReason} free />
    </WordForm>
  );
}
