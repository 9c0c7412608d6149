import { CircleCheck, CircleX } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useCommand } from "../commands/registry";
import { Button } from "../ds/button";
import { TextField } from "../ds/fields";
import { EmptyState, Failed, Reading } from "../ds/layout";
import { RefusalBody } from "../ds/refusal";
import { keepInSight } from "../ds/sight";
import { moment } from "../ds/time";
import type { SpokenRow, SpokenView } from "../ipc/contract";
import { useAct, useView } from "../ipc/queries";

type Choice = { kind: "confirm" } | { kind: "contest"; reason: string };
type Choices = Record<string, Choice>;

/** What was recorded in the member's name: confirmed or contested in one list, signed once. */
export function Spoken() {
  const { t } = useTranslation();
  const view = useView("spoken");
  if (view.error) return <Failed thrown={view.error} onRetry={() => view.refetch()} />;
  if (!view.data) return <Reading />;
  if (view.data.acts.length === 0)
    return (
      <EmptyState whole title={t("spoken.empty")}>
        {t("spoken.emptyHint")}
      </EmptyState>
    );
  return <SpokenPage key={view.data.member.id} view={view.data} />;
}

function SpokenPage({ view }: { view: SpokenView }) {
  const { t } = useTranslation();
  const [choices, setChoices] = useState<Choices>({});
  const [cursor, setCursor] = useState(() =>
    Math.max(
      0,
      view.acts.findIndex((row) => row.answer === "open"),
    ),
  );
  const [tried, setTried] = useState(false);
  const list = useRef<HTMLDivElement>(null);
  const sign = useAct("requestSigning");
  const open = view.acts.filter((row) => row.answer === "open");
  const answerable = view.refusal === null;
  const at = Math.min(cursor, view.acts.length - 1);
  const row = view.acts[at];
  // What was signed meanwhile is no longer a choice.
  const chosen = open.flatMap((one) => {
    const choice = choices[one.act];
    return choice ? [{ act: one.act, choice }] : [];
  });
  const confirmed = chosen.filter(({ choice }) => choice.kind === "confirm").map(({ act }) => act);
  const contested = chosen.flatMap(({ act, choice }) =>
    choice.kind === "contest" ? [{ act, reason: choice.reason.trim() }] : [],
  );
  const unsaid = contested.find(({ reason }) => reason === "");

  const choose = (act: string, choice: Choice | null) =>
    setChoices((old) => {
      const { [act]: _, ...rest } = old;
      return choice ? { ...rest, [act]: choice } : rest;
    });
  const toggle = (one: SpokenRow | undefined, kind: Choice["kind"]) => {
    if (one?.answer !== "open" || !answerable) return;
    const before = choices[one.act];
    if (before?.kind === kind) choose(one.act, null);
    else choose(one.act, kind === "confirm" ? { kind } : { kind, reason: "" });
  };
  const confirmAll = () =>
    setChoices((old) => ({
      ...old,
      ...Object.fromEntries(open.filter((one) => !old[one.act]).map((one) => [one.act, { kind: "confirm" as const }])),
    }));
  const submit = () => {
    setTried(true);
    if (chosen.length === 0) return;
    if (unsaid) {
      setCursor(view.acts.findIndex((one) => one.act === unsaid.act));
      list.current?.querySelector<HTMLInputElement>(`[data-act="${CSS.escape(unsaid.act)}"] input`)?.focus();
      return;
    }
    sign.mutate({ subject: { kind: "spoken_acts", confirmed, contested } });
  };

  useCommand("spoken.next", () => setCursor(Math.min(view.acts.length - 1, at + 1)));
  useCommand("spoken.previous", () => setCursor(Math.max(0, at - 1)));
  useCommand("spoken.confirm", answerable ? () => toggle(row, "confirm") : null);
  useCommand("spoken.contest", answerable ? () => toggle(row, "contest") : null);
  useCommand("spoken.confirmAll", answerable && open.length > 0 ? confirmAll : null);
  useCommand("spoken.sign", answerable && open.length > 0 ? submit : null);
  useEffect(() => {
    keepInSight(list.current, list.current?.querySelector("[data-at=true]"));
  });

  return (
    <div className="flex h-full flex-col">
      <header data-region="spoken" className="shrink-0 border-b border-line px-6 py-4">
        <h1 className="text-lg font-semibold">{t("spoken.title")}</h1>
        <p className="measure mt-1 text-ink-2">{t("spoken.intro", { name: view.member.name })}</p>
      </header>
      <div ref={list} data-region="list" tabIndex={0} className="scroll min-h-0 grow outline-none">
        {meetings(view.acts).map((meeting) => (
          <section key={meeting.key} aria-label={meeting.title}>
            <h2 className="eyebrow border-b border-line bg-sunken px-6 py-1.5">
              {t("spoken.meetingAt", { title: meeting.title, when: moment(meeting.called) })}
            </h2>
            <ul>
              {meeting.acts.map(({ row: one, index }) => (
                <Act
                  key={one.act}
                  row={one}
                  at={index === at}
                  choice={choices[one.act] ?? null}
                  tried={tried}
                  answerable={answerable}
                  onLook={() => setCursor(index)}
                  onToggle={(kind) => toggle(one, kind)}
                  onReason={(reason) => choose(one.act, { kind: "contest", reason })}
                />
              ))}
            </ul>
          </section>
        ))}
      </div>
      <footer data-region="acts" className="flex shrink-0 flex-wrap items-center gap-3 border-t border-line px-6 py-3">
        {view.refusal ? (
          <RefusalBody refusal={view.refusal} />
        ) : open.length === 0 ? (
          <p className="flex items-center gap-2 text-good">
            <CircleCheck size={16} aria-hidden="true" /> {t("spoken.notInSight")}
          </p>
        ) : (
          <>
            <p className="num" aria-live="polite">
              {t("spoken.sum", {
                confirmed: confirmed.length,
                contested: contested.length,
                open: open.length - chosen.length,
              })}
            </p>
            <span className="grow" />
            {chosen.length > 0 ? (
              <Button look="quiet" onPress={() => setChoices({})}>
                {t("spoken.clearAll")}
              </Button>
            ) : null}
            <Button keys="a" onPress={confirmAll}>
              {t("spoken.confirmAll")}
            </Button>
            <Button
              look="primary"
              keys="Mod+Enter"
              isPending={sign.isPending}
              isDisabled={chosen.length === 0}
              onPress={submit}
            >
              {t("spoken.sign")}
            </Button>
          </>
        )}
      </footer>
    </div>
  );
}

interface OfMeeting {
  key: string;
  title: string;
  called: string;
  acts: { row: SpokenRow; index: number }[];
}

/** In the order of the record, a heading for each meeting. */
function meetings(acts: SpokenRow[]): OfMeeting[] {
  const found: OfMeeting[] = [];
  acts.forEach((row, index) => {
    const key = `${row.meeting} ${row.called}`;
    const before = found.find((one) => one.key === key);
    if (before) before.acts.push({ row, index });
    else found.push({ key, title: row.meeting, called: row.called, acts: [{ row, index }] });
  });
  return found;
}

function Act(props: {
  row: SpokenRow;
  at: boolean;
  choice: Choice | null;
  tried: boolean;
  answerable: boolean;
  onLook: () => void;
  onToggle: (kind: Choice["kind"]) => void;
  onReason: (reason: string) => void;
}) {
  const { t } = useTranslation();
  const { row, choice } = props;
  const field = useRef<HTMLInputElement>(null);
  const contesting = choice?.kind === "contest";
  useEffect(() => {
    if (contesting) field.current?.focus();
  }, [contesting]);
  return (
    <li
      data-at={props.at}
      data-act={row.act}
      onPointerDown={props.onLook}
      onFocus={props.onLook}
      className={`flex flex-col gap-2.5 border-b border-l-2 border-b-line py-2.5 pr-6 pl-5.5 ${props.at ? "border-l-accent bg-accent-soft" : "border-l-transparent"}`}
    >
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1.5">
        <div className="min-w-64 grow basis-0">
          <p>
            <span className="font-medium">{row.what}</span>
            {row.item ? <span className="text-ink-2"> · {row.item}</span> : null}
          </p>
          <p className="text-xs text-ink-2">{t("spoken.onWord", { name: row.recorder })}</p>
        </div>
        {row.answer === "open" ? (
          props.answerable ? (
            <span className="flex shrink-0 gap-1.5">
              <Toggle
                on={choice?.kind === "confirm"}
                tone="good"
                keys={props.at ? "y" : undefined}
                label={t("spoken.confirm")}
                onPress={() => props.onToggle("confirm")}
              />
              <Toggle
                on={contesting}
                tone="bad"
                keys={props.at ? "x" : undefined}
                label={t("spoken.contest")}
                onPress={() => props.onToggle("contest")}
              />
            </span>
          ) : null
        ) : (
          <span
            className={`inline-flex shrink-0 items-center gap-1.5 font-medium ${row.answer === "confirmed" ? "text-good" : "text-bad"}`}
          >
            {row.answer === "confirmed" ? (
              <CircleCheck size={15} aria-hidden="true" />
            ) : (
              <CircleX size={15} aria-hidden="true" />
            )}
            {t(`spoken.${row.answer}`)}
          </span>
        )}
      </div>
      {contesting ? (
        <TextField
          className="max-w-[36rem]"
          inputRef={field}
          label={t("spoken.reason")}
          value={choice.reason}
          onChange={props.onReason}
          placeholder={t("spoken.reasonExample")}
          error={props.tried && choice.reason.trim() === "" ? t("spoken.reasonMissing") : null}
          required
        />
      ) : null}
      {row.reason ? <p className="measure text-ink-2">{t("spoken.instead", { reason: row.reason })}</p> : null}
    </li>
  );
}

function Toggle(props: { on: boolean; tone: "good" | "bad"; keys?: string; label: string; onPress: () => void }) {
  const Icon = props.tone === "good" ? CircleCheck : CircleX;
  return (
    <Button
      aria-pressed={props.on}
      keys={props.keys}
      onPress={props.onPress}
      icon={
        <Icon
          size={15}
          aria-hidden="true"
          className={props.on ? (props.tone === "good" ? "text-good" : "text-bad") : "text-ink-3"}
        />
      }
      className={props.on ? (props.tone === "good" ? "border-good font-medium" : "border-bad font-medium") : ""}
    >
      {props.label}
    </Button>
  );
}
