import { useNavigate, useParams } from "@tanstack/react-router";
import { ArrowLeft, CircleDashed } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useCommand } from "../commands/registry";
import { Button, IconButton } from "../ds/button";
import { TextArea } from "../ds/fields";
import { Kbd } from "../ds/kbd";
import { Failed, Reading } from "../ds/layout";
import { Key, ProvenanceMark } from "../ds/marks";
import { useNotices } from "../ds/notices";
import { clock } from "../ds/time";
import type { RiskQuestion, RiskWalk as Walk } from "../ipc/contract";
import { useAct, useShow, useView } from "../ipc/queries";
import { RiskPanel } from "./risk-panel";

export function RiskWalk() {
  const { change } = useParams({ from: "/shell/changes/$change/risk" });
  const view = useView("riskWalk", { change });
  if (view.error) return <Failed thrown={view.error} onRetry={() => view.refetch()} />;
  if (!view.data) return <Reading />;
  return <WalkPage id={change} walk={view.data} />;
}

/** One question a step; the digits answer, the arrows turn the page, the arithmetic follows beside it. */
function WalkPage({ id, walk }: { id: string; walk: Walk }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const show = useShow();
  const { say } = useNotices();
  const { questions } = walk;
  const firstOpen = questions.findIndex((question) => question.answer === null);
  const [at, setAt] = useState(Math.max(0, firstOpen));
  const [noting, setNoting] = useState(false);
  const question = questions[at];
  const answer = useAct("answerRisk", { onDone: (next) => show("riskWalk", { change: id }, next) });
  const submit = useAct("submitRisk", {
    onDone: (next) => {
      show("riskWalk", { change: id }, next);
      say(t("risk.submittedSay"));
      void navigate({ to: "/changes/$change", params: { change: id }, search: { tab: "risk" } });
    },
  });

  const go = (to: number) => {
    setNoting(false);
    setAt(Math.max(0, Math.min(questions.length - 1, to)));
  };
  const choose = (index: number | null) => {
    if (!question || (index !== null && index >= question.options.length)) return;
    answer.mutate({ change: id, question: question.id, answer: index, note: question.note });
    if (index !== null && at < questions.length - 1) go(at + 1);
  };
  const nextOpen = () => {
    const order = [...questions.keys()].map((i) => (at + 1 + i) % questions.length);
    const next = order.find((i) => questions[i]?.answer === null);
    if (next !== undefined) go(next);
  };
  const back = () => navigate({ to: "/changes/$change", params: { change: id }, search: { tab: "risk" } });

  useCommand("risk.answer1", () => choose(0));
  useCommand("risk.answer2", () => choose(1));
  useCommand("risk.answer3", () => choose(2));
  useCommand("risk.answer4", () => choose(3));
  useCommand("risk.answer5", () => choose(4));
  useCommand("risk.clear", () => choose(null));
  useCommand("risk.next", () => go(at + 1));
  useCommand("risk.previous", () => go(at - 1));
  useCommand("risk.nextOpen", walk.outcome.summary.open > 0 ? nextOpen : null);
  useCommand("risk.note", () => setNoting(true));
  useCommand("risk.submit", () => submit.mutate({ change: id }));
  useCommand("risk.back", back);

  if (!question) return null;
  return (
    <div className="flex h-full @max-4xl:scroll @max-4xl:flex-col">
      <div className="flex min-w-0 grow flex-col @max-4xl:shrink-0">
        <header className="flex shrink-0 items-center gap-2 px-6 pt-4">
          <div className="-ml-2">
            <IconButton label={t("command.risk.back")} keys="u" icon={<ArrowLeft size={16} />} onPress={back} />
          </div>
          <h1 className="flex min-w-0 items-baseline gap-2">
            <Key id={walk.change.key} className="shrink-0 text-ink-2" />
            <span className="truncate font-semibold">{walk.change.title}</span>
          </h1>
        </header>
        <Steps questions={questions} at={at} onGo={go} />
        <div data-region="question" className="scroll min-h-0 grow px-6 pt-10 pb-8 outline-none" tabIndex={0}>
          <div className="mx-auto w-full max-w-[40rem]">
            <Question
              key={question.id}
              question={question}
              onChoose={choose}
              noting={noting}
              onNoting={setNoting}
              onNote={(note) => answer.mutate({ change: id, question: question.id, answer: question.answer, note })}
            />
          </div>
        </div>
        <footer
          data-region="steps"
          className="flex shrink-0 flex-wrap items-center gap-2 border-t border-line px-6 py-3"
        >
          <Button keys="ArrowLeft" isDisabled={at === 0} onPress={() => go(at - 1)}>
            {t("risk.previous")}
          </Button>
          <Button keys="ArrowRight" isDisabled={at === questions.length - 1} onPress={() => go(at + 1)}>
            {t("risk.next")}
          </Button>
          {walk.outcome.summary.open > 0 ? (
            <Button look="quiet" keys="n" onPress={nextOpen}>
              {t("risk.nextOpen", { count: walk.outcome.summary.open })}
            </Button>
          ) : null}
          <span className="grow" />
          <span aria-live="polite" className="num text-xs text-ink-2">
            {walk.saved_at ? t("common.saved", { time: clock(walk.saved_at) }) : null}
          </span>
          <Button
            look="primary"
            keys="Mod+Enter"
            isPending={submit.isPending}
            onPress={() => submit.mutate({ change: id })}
          >
            {t("risk.submit")}
          </Button>
        </footer>
      </div>
      <aside
        data-region="arithmetic"
        tabIndex={0}
        aria-label={t("risk.arithmetic")}
        className="scroll w-[25rem] max-w-[38vw] shrink-0 border-l @max-4xl:w-full @max-4xl:max-w-none border-line px-6 py-5 outline-none"
      >
        <RiskPanel outcome={walk.outcome} compact />
      </aside>
    </div>
  );
}

const FACTOR_ORDER = ["impact", "complexity", "recoverability", "exposure"] as const;

function Steps({ questions, at, onGo }: { questions: RiskQuestion[]; at: number; onGo: (to: number) => void }) {
  const { t } = useTranslation();
  return (
    <nav
      aria-label={t("risk.steps")}
      data-region="progress"
      className="scroll mt-3 flex shrink-0 gap-5 border-b border-line px-6 pb-3"
    >
      {FACTOR_ORDER.map((factor) => (
        <div key={factor}>
          <p className="mb-1 text-xs text-ink-2">{t(`risk.factor.${factor}`)}</p>
          <ol className="flex gap-1">
            {questions.map((question, index) =>
              question.factor === factor ? (
                <li key={question.id}>
                  <button
                    type="button"
                    aria-current={index === at ? "step" : undefined}
                    aria-label={`${question.id}: ${question.answer === null ? t("risk.isOpen") : t("risk.isAnswered")}`}
                    onClick={() => onGo(index)}
                    className={`num h-6 min-w-8 rounded-sm border px-1 text-xs ${index === at ? "border-accent bg-accent font-semibold text-on-accent" : question.answer === null ? "border-dashed border-line-strong text-ink-2" : "border-line bg-accent-soft text-ink"}`}
                  >
                    {question.id}
                  </button>
                </li>
              ) : null,
            )}
          </ol>
        </div>
      ))}
    </nav>
  );
}

function Question(props: {
  question: RiskQuestion;
  onChoose: (index: number | null) => void;
  noting: boolean;
  onNoting: (noting: boolean) => void;
  onNote: (note: string) => void;
}) {
  const { t } = useTranslation();
  const { question } = props;
  const heading = useRef<HTMLHeadingElement>(null);
  const area = useRef<HTMLTextAreaElement>(null);
  const [note, setNote] = useState(question.note);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  useEffect(() => {
    if (props.noting) area.current?.focus();
  }, [props.noting]);
  return (
    <>
      <p className="num flex items-center gap-2 text-ink-2">
        {question.id} · {t(`risk.factor.${question.factor}`)}
      </p>
      <h2 ref={heading} tabIndex={-1} className="mt-1 text-xl font-semibold tracking-tight outline-none">
        {question.prompt}
      </h2>
      {question.help ? <p className="mt-1.5 text-base text-ink-2">{question.help}</p> : null}
      <div role="radiogroup" aria-label={question.prompt} className="mt-6 flex flex-col gap-2">
        {question.options.map((option, index) => {
          const chosen = question.answer === index;
          return (
            <button
              key={option.label}
              type="button"
              role="radio"
              aria-checked={chosen}
              onClick={() => props.onChoose(index)}
              className={`flex min-h-12 items-center gap-4 rounded-md border px-4 py-2 text-left text-base ${chosen ? "border-accent bg-accent-soft font-medium" : "border-line bg-paper hover:border-line-strong"}`}
            >
              <Kbd keys={String(index + 1)} />
              <span className="grow">{option.label}</span>
              <span className="num text-sm text-ink-2">{t("risk.points", { count: option.points })}</span>
            </button>
          );
        })}
      </div>
      <div className="mt-4 flex min-h-8 items-center gap-3 text-ink-2">
        {question.answer === null ? (
          <p className="flex items-center gap-1.5">
            <CircleDashed size={14} aria-hidden="true" /> {t("risk.openNote")}
          </p>
        ) : (
          <>
            {question.provenance ? <ProvenanceMark provenance={question.provenance} /> : null}
            {question.evidence ? <span className="text-xs">{question.evidence}</span> : null}
            <span className="grow" />
            <Button look="quiet" keys="0" onPress={() => props.onChoose(null)}>
              {t("risk.clear")}
            </Button>
          </>
        )}
      </div>
      {props.noting || question.note !== "" ? (
        <div className="mt-3">
          <TextArea
            areaRef={area}
            onBlur={() => {
              if (note !== question.note) props.onNote(note);
              props.onNoting(false);
            }}
            label={t("risk.note")}
            value={note}
            onChange={setNote}
            rows={3}
          />
        </div>
      ) : (
        <Button look="quiet" keys="m" className="-ml-3" onPress={() => props.onNoting(true)}>
          {t("risk.addNote")}
        </Button>
      )}
    </>
  );
}
