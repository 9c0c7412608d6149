import { CircleCheck, CircleDashed, CircleX } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useCommand } from "../commands/registry";
import { Button } from "../ds/button";
import { Select, TextArea } from "../ds/fields";
import { FormDialog } from "../ds/form-dialog";
import { Facts, Failed } from "../ds/layout";
import { RefusalBody } from "../ds/refusal";
import { moment } from "../ds/time";
import type { CorrectionRow, CorrectionsView, MinutesWord, WrapUpItem } from "../ipc/contract";
import { useAct, useView } from "../ipc/queries";

const SECTIONS = ["attendance", "quorum", "actions", "other"] as const;
type Asked = { kind: "correct" } | { kind: "approve" } | { kind: "answer"; row: CorrectionRow; taken: boolean };

/** What members ask to be put right in the words of the minutes, what becomes of it, and the approval. */
export function Corrections({ meeting, items, sealed }: { meeting: string; items: WrapUpItem[]; sealed: boolean }) {
  const { t } = useTranslation();
  const { data: view, error, refetch } = useView("corrections", { meeting });
  const [asked, setAsked] = useState<Asked | null>(null);
  const close = () => setAsked(null);
  const sign = useAct("requestSigning", { onDone: close });
  const say = (word: MinutesWord) => sign.mutate({ subject: { kind: "of_minutes", meeting, word } });
  const correct = view?.ask_refusal === null ? () => setAsked({ kind: "correct" }) : null;
  const approve =
    view?.approve_refusal === null
      ? () => (view.rule === "next_meeting" ? setAsked({ kind: "approve" }) : say({ act: "approve", by: "" }))
      : null;
  useCommand("wrapUp.correct", correct);
  useCommand("wrapUp.approve", approve);
  if (error) return <Failed thrown={error} onRetry={() => refetch()} />;
  if (!view || (sealed && view.corrections.length === 0 && view.approved === null)) return null;
  const open = view.corrections.some((row) => row.taken === null);
  return (
    <section aria-label={t("minutes.corrections")} className="mt-6 border-t border-line pt-4">
      <h3 className="font-semibold">{t("minutes.corrections")}</h3>
      <p className="measure mt-0.5 text-ink-2">
        <Told view={view} sealed={sealed} />
      </p>
      {view.corrections.length === 0 ? <p className="mt-2">{t("minutes.noCorrections")}</p> : null}
      <ul className="mt-2">
        {view.corrections.map((row) => (
          <Correction
            key={row.entry}
            row={row}
            onAnswer={view.answer_refusal === null ? (taken) => setAsked({ kind: "answer", row, taken }) : null}
          />
        ))}
      </ul>
      {sealed ? null : (
        <>
          <Refused refusal={view.approved === null ? view.ask_refusal : null} />
          {open ? <Refused refusal={view.answer_refusal} /> : null}
          {view.rule === "at_once" || view.approved !== null ? null : <Refused refusal={view.approve_refusal} />}
          <div className="mt-3 flex flex-wrap gap-2">
            {correct ? (
              <Button keys="r" onPress={correct}>
                {t("minutes.correct")}
              </Button>
            ) : null}
            {approve ? (
              <Button keys="p" isPending={sign.isPending} onPress={approve}>
                {t("minutes.approve")}
              </Button>
            ) : null}
          </div>
        </>
      )}
      {asked?.kind === "correct" ? <Correct items={items} busy={sign.isPending} onSay={say} onClose={close} /> : null}
      {asked?.kind === "answer" ? (
        <Answer row={asked.row} taken={asked.taken} busy={sign.isPending} onSay={say} onClose={close} />
      ) : null}
      {asked?.kind === "approve" ? (
        <Approve later={view.later} busy={sign.isPending} onSay={say} onClose={close} />
      ) : null}
    </section>
  );
}

/** By what the minutes are approved, and until when they can be corrected. */
function Told({ view, sealed }: { view: CorrectionsView; sealed: boolean }) {
  const { t } = useTranslation();
  if (view.approved_at !== null)
    return t("minutes.approvedBy", { name: view.approved_by ?? "", when: moment(view.approved_at) });
  if (!sealed && view.rule === "deadline" && view.deadline !== null)
    return t("minutes.rule.deadline", { when: moment(view.deadline) });
  return t(!sealed && view.rule === "next_meeting" ? "minutes.rule.next_meeting" : "minutes.rule.at_once");
}

/** A section in words; a change by its key. */
function useAbout(about: string): string {
  const { t } = useTranslation();
  const section = SECTIONS.find((one) => one === about);
  return section ? t(`minutes.section.${section}`) : about;
}

function Refused({ refusal }: { refusal: CorrectionsView["ask_refusal"] }) {
  if (refusal === null) return null;
  return (
    <div className="mt-3 border-l-2 border-line-strong pl-3">
      <RefusalBody refusal={refusal} />
    </div>
  );
}

const ICONS = { open: CircleDashed, taken: CircleCheck, declined: CircleX };
const COLOURS = { open: "text-ink-2", taken: "text-good", declined: "text-bad" };

function Correction({ row, onAnswer }: { row: CorrectionRow; onAnswer: ((taken: boolean) => void) | null }) {
  const { t } = useTranslation();
  const state = row.taken === null ? "open" : row.taken ? "taken" : "declined";
  const Icon = ICONS[state];
  const about = useAbout(row.about);
  const facts: [string, string][] = [
    [t("minutes.was"), row.was === "" ? t("minutes.nothingStands") : row.was],
    [t("minutes.wording"), row.wording],
    [t("minutes.why"), row.reason],
  ];
  if (row.answer !== null) facts.push([t(row.taken ? "minutes.takenAs" : "minutes.declinedFor"), row.answer]);
  return (
    <li className="flex items-start gap-3 border-t border-line py-2">
      <Icon size={15} className={`mt-0.5 shrink-0 ${COLOURS[state]}`} aria-hidden="true" />
      <div className="min-w-0 grow">
        <p>
          <span className="font-medium">{about}</span>: {t(`minutes.state.${state}`)}{" "}
          <span className="num text-xs text-ink-2">
            {t("minutes.askedBy", { name: row.asked_by, when: moment(row.asked_at) })}
          </span>
        </p>
        <Facts facts={facts} className="mt-1" />
        {row.taken === null && onAnswer ? (
          <div className="mt-2 flex gap-2">
            <Button onPress={() => onAnswer(true)}>
              <Named about={about}>{t("minutes.takeIn")}</Named>
            </Button>
            <Button onPress={() => onAnswer(false)}>
              <Named about={about}>{t("minutes.decline")}</Named>
            </Button>
          </div>
        ) : null}
      </div>
    </li>
  );
}

/** What a button of a row does, and for whom it is read aloud, of which row. */
function Named({ about, children }: { about: string; children: string }) {
  return (
    <span>
      <span className="sr-only">{about}: </span>
      {children}
    </span>
  );
}

interface Saying {
  busy: boolean;
  onSay: (word: MinutesWord) => void;
  onClose: () => void;
}

function Correct({ items, busy, onSay, onClose }: Saying & { items: WrapUpItem[] }) {
  const { t } = useTranslation();
  const [about, setAbout] = useState<string | null>(null);
  const [was, setWas] = useState("");
  const [wording, setWording] = useState("");
  const [reason, setReason] = useState("");
  const same = wording.trim() !== "" && wording.trim() === was.trim();
  const ready = about !== null && wording.trim() !== "" && reason.trim() !== "" && !same;
  const act = () => {
    if (about === null) return;
    onSay({ act: "correct", about, was: was.trim(), wording: wording.trim(), reason: reason.trim() });
  };
  const choices = [
    ...items.map((item) => ({ value: item.key, label: `${item.number}. ${item.key} ${item.title}` })),
    ...SECTIONS.map((section) => ({ value: section, label: t(`minutes.section.${section}`) })),
  ];
  return (
    <FormDialog
      title={t("minutes.correctTitle")}
      act={t("minutes.goOn")}
      busy={busy}
      ready={ready}
      onAct={act}
      onClose={onClose}
    >
      <p className="measure">{t("minutes.correctHint")}</p>
      <Select
        label={t("minutes.about")}
        value={about}
        onChange={setAbout}
        choices={choices}
        placeholder={t("minutes.choose")}
      />
      <TextArea label={t("minutes.was")} value={was} onChange={setWas} hint={t("minutes.wasHint")} rows={2} />
      <TextArea
        label={t("minutes.newWords")}
        value={wording}
        onChange={setWording}
        error={same ? t("minutes.same") : null}
        rows={2}
        required
      />
      <TextArea label={t("minutes.why")} value={reason} onChange={setReason} rows={2} required />
    </FormDialog>
  );
}

function Answer({ row, taken, busy, onSay, onClose }: Saying & { row: CorrectionRow; taken: boolean }) {
  const { t } = useTranslation();
  const [wording, setWording] = useState(row.wording);
  const [reason, setReason] = useState("");
  const about = useAbout(row.about);
  const ready = taken ? wording.trim() !== "" : reason.trim() !== "";
  const act = () =>
    onSay({
      act: "answer",
      correction: row.entry,
      taken,
      wording: taken ? wording.trim() : "",
      reason: reason.trim(),
    });
  return (
    <FormDialog
      title={t(taken ? "minutes.takeInTitle" : "minutes.declineTitle", { about })}
      act={t("minutes.goOn")}
      busy={busy}
      ready={ready}
      onAct={act}
      onClose={onClose}
    >
      <Facts
        facts={[
          [t("minutes.was"), row.was === "" ? t("minutes.nothingStands") : row.was],
          [t("minutes.wording"), row.wording],
          [t("minutes.why"), row.reason],
        ]}
      />
      {taken ? (
        <TextArea
          label={t("minutes.inWords")}
          value={wording}
          onChange={setWording}
          hint={t("minutes.takeInHint")}
          rows={3}
          required
          autoFocus
        />
      ) : null}
      <TextArea
        label={t(taken ? "minutes.maybeWhy" : "minutes.why")}
        value={reason}
        onChange={setReason}
        rows={2}
        required={!taken}
        autoFocus={!taken}
      />
    </FormDialog>
  );
}

function Approve({ later, busy, onSay, onClose }: Saying & { later: CorrectionsView["later"] }) {
  const { t } = useTranslation();
  const [by, setBy] = useState<string | null>(later.length === 1 ? (later[0]?.id ?? null) : null);
  return (
    <FormDialog
      title={t("minutes.approveTitle")}
      act={t("minutes.goOn")}
      busy={busy}
      ready={by !== null}
      onAct={() => by !== null && onSay({ act: "approve", by })}
      onClose={onClose}
    >
      <p className="measure">{t("minutes.approveHint")}</p>
      <Select
        label={t("minutes.approvedIn")}
        value={by}
        onChange={setBy}
        choices={later.map((one) => ({ value: one.id, label: one.title }))}
      />
    </FormDialog>
  );
}
