import { CircleCheck, OctagonX } from "lucide-react";
import { type Ref, useId, useImperativeHandle, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useCommand } from "../commands/registry";
import { Button } from "../ds/button";
import { FileChoice } from "../ds/file-choice";
import { EmptyState, Section } from "../ds/layout";
import { useNotices } from "../ds/notices";
import { RefusalBody } from "../ds/refusal";
import { SideBySide } from "../ds/side-by-side";
import type { PolicyChecked, PolicySimulation, PolicyView, Problem } from "../ipc/contract";
import { useAct } from "../ipc/queries";
import { setDraft, useDraft } from "./draft";
import { Editor, type EditorHandle } from "./editor";
import { Days } from "./fare";
import { Simulated } from "./simulated";

interface Drafts {
  view: PolicyView;
  handle: Ref<EditorHandle>;
  /** Another text in the place of the draft, or none: whoever takes it asks first where that would lose something. */
  onDraft: (text: string | null) => void;
}

/** A draft: written, checked, simulated, and then signed in the signing window. */
export function DraftTab(props: Drafts) {
  const { t } = useTranslation();
  const text = useDraft();
  const { view, onDraft } = props;
  if (text !== null) return <Drafting {...props} text={text} />;
  return (
    <EmptyState
      title={t("policy.noDraft")}
      action={
        <div className="flex flex-wrap justify-center gap-2">
          <Button look="primary" onPress={() => onDraft(view.text)}>
            {t("policy.beginInForce")}
          </Button>
          {view.packs.map((pack) => (
            <Button key={pack.strength} onPress={() => onDraft(pack.text)}>
              {t("policy.beginWith", { strength: pack.strength })}
            </Button>
          ))}
          <FileChoice label={t("policy.openFile")} onText={onDraft} />
        </div>
      }
    >
      {t("policy.changeHint")}
    </EmptyState>
  );
}

interface Of<Found> {
  /** The text it is about: after the next stroke it is about another. */
  text: string;
  found: Found;
}

function Drafting({ view, text, handle, onDraft }: Drafts & { text: string }) {
  const { t } = useTranslation();
  const { say } = useNotices();
  const told = useId();
  const editor = useRef<EditorHandle>(null);
  const [days, setDays] = useState(90);
  const [checked, setChecked] = useState<Of<PolicyChecked> | null>(null);
  const [simulated, setSimulated] = useState<(Of<PolicySimulation> & { days: number }) | null>(null);
  const [at, setAt] = useState(0);
  useImperativeHandle(handle, () => ({
    focus: () => editor.current?.focus(),
    goTo: (line) => editor.current?.goTo(line),
  }));

  const check = useAct("checkPolicy", {
    onDone: (found, request) => {
      setChecked({ text: request.text, found });
      setAt(0);
      const first = found.problems[0];
      if (first) editor.current?.goTo(first.line);
    },
  });
  const simulate = useAct("simulatePolicy", {
    onDone: (found, request) => setSimulated({ text: request.text, days: request.days, found }),
  });
  const sign = useAct("requestSigning");

  const now = checked?.text === text ? checked.found : null;
  // What was adopted meanwhile is a draft no longer.
  const adopted = now !== null && now.digest === view.digest;
  const looked = simulated?.text === text && simulated.days === days ? simulated.found : null;
  const sound = now !== null && now.problems.length === 0;
  const adoptable = sound && !adopted && now.refusal === null && view.refusal === null && looked !== null;

  const checkNow = () => check.mutate({ text });
  const simulateNow = () =>
    check.mutate(
      { text },
      { onSuccess: (found) => (found.problems.length === 0 ? simulate.mutate({ text, days }) : undefined) },
    );
  const adopt = () => sign.mutate({ subject: { kind: "policy", text } });
  const nextProblem = () => {
    if (!now || now.problems.length === 0) return;
    const next = (at + 1) % now.problems.length;
    setAt(next);
    editor.current?.goTo(now.problems[next]?.line ?? 1);
  };
  const busy = check.isPending || simulate.isPending;
  useCommand("policy.check", busy ? null : checkNow);
  useCommand("policy.simulate", busy ? null : simulateNow);
  useCommand("policy.adopt", adoptable && !sign.isPending ? adopt : null);
  useCommand("policy.nextProblem", now && now.problems.length > 0 ? nextProblem : null);

  return (
    <div className="flex flex-col gap-5">
      <div className="flex flex-wrap items-end gap-2">
        <Button keys="Mod+Enter" isPending={check.isPending} onPress={checkNow}>
          {t("policy.check")}
        </Button>
        <Days days={days} onDays={setDays} />
        <Button keys="m" isPending={simulate.isPending} onPress={simulateNow}>
          {t("policy.simulate")}
        </Button>
        <Button look="primary" keys="a" isPending={sign.isPending} isDisabled={!adoptable} onPress={adopt}>
          {t("policy.adopt")}
        </Button>
        <span className="grow" />
        <FileChoice look="quiet" label={t("policy.openFile")} onText={onDraft} />
        <Button
          look="quiet"
          onPress={() => void navigator.clipboard.writeText(text).then(() => say(t("policy.copied")))}
        >
          {t("policy.copy")}
        </Button>
        <Button look="quiet" onPress={() => onDraft(null)}>
          {t("policy.discard")}
        </Button>
      </div>
      {view.refusal ? (
        <div className="border-l-2 border-warn pl-4">
          <RefusalBody refusal={view.refusal} />
        </div>
      ) : null}
      <div className="grid grid-cols-1 gap-6 @5xl:grid-cols-2">
        <Editor
          label={t("policy.editor")}
          text={text}
          onText={setDraft}
          problems={now?.problems ?? []}
          describedBy={told}
          handle={editor}
        />
        <div id={told} aria-live="polite" className="flex min-w-0 flex-col gap-5">
          {now === null ? <p className="measure text-ink-2">{t("policy.toDo")}</p> : null}
          {now !== null && !sound ? (
            <Problems problems={now.problems} at={at} onGo={(line) => editor.current?.goTo(line)} />
          ) : null}
          {sound ? <Sound checked={now} adopted={adopted} simulated={looked !== null} /> : null}
        </div>
      </div>
      {sound && now.differences.length > 0 ? (
        <Section title={t("policy.differences", { count: now.differences.length })}>
          <SideBySide
            label={t("policy.differences", { count: now.differences.length })}
            before={t("policy.inForceNow")}
            after={t("policy.inDraft")}
            differences={now.differences}
            notKept={[]}
          />
        </Section>
      ) : null}
      {looked ? <Simulated found={looked} /> : null}
    </div>
  );
}

function Problems(props: { problems: Problem[]; at: number; onGo: (line: number) => void }) {
  const { t } = useTranslation();
  return (
    <Section title={t("policy.problems", { count: props.problems.length })}>
      <ol className="divide-y divide-line border-y border-line">
        {props.problems.map((problem, index) => (
          <li key={`${problem.line}.${problem.column}.${problem.what}`} className="py-1.5">
            <button
              type="button"
              aria-current={index === props.at ? "true" : undefined}
              onClick={() => props.onGo(problem.line)}
              className="w-full rounded-sm text-left hover:bg-sunken"
            >
              <span className="num flex items-baseline gap-2">
                <OctagonX size={14} aria-hidden="true" className="shrink-0 self-center text-bad" />
                <span className="font-medium text-bad">{t("policy.line", { line: problem.line })}</span>
                {problem.path === "" ? null : <span className="font-mono text-xs">{problem.path}</span>}
              </span>
              <span className="measure mt-0.5 block break-words">{problem.what}</span>
            </button>
          </li>
        ))}
      </ol>
    </Section>
  );
}

/** The text is a policy: what it is called, and what is still to be done before it can be adopted. */
function Sound(props: { checked: PolicyChecked; adopted: boolean; simulated: boolean }) {
  const { t } = useTranslation();
  const { checked } = props;
  return (
    <section>
      <p className="flex items-baseline gap-2">
        <CircleCheck size={15} aria-hidden="true" className="shrink-0 self-center text-good" />
        <span className="font-semibold">
          {t("policy.isPolicy", { name: checked.name ?? "", strength: checked.strength ?? "" })}
        </span>
      </p>
      {props.adopted ? (
        <p className="mt-1">{t("policy.isInForce")}</p>
      ) : checked.refusal ? (
        <div className="mt-2">
          <RefusalBody refusal={checked.refusal} />
        </div>
      ) : (
        <p className="measure mt-1 text-ink-2">{t(props.simulated ? "policy.readyToSign" : "policy.simulateFirst")}</p>
      )}
      <p className="measure mt-2 text-ink-2">{t("policy.undo")}</p>
    </section>
  );
}
