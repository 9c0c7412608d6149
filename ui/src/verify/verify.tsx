import { useNavigate } from "@tanstack/react-router";
import { type Ref, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useCommand } from "../commands/registry";
import { Button } from "../ds/button";
import { TextField } from "../ds/fields";
import { FileChoice } from "../ds/file-choice";
import { FailureBody } from "../ds/notices";
import { RefusalBody } from "../ds/refusal";
import type { BoardError, DocumentVerdict } from "../ipc/contract";
import { asBoardError } from "../ipc/errors";
import { useAct } from "../ipc/queries";
import { warm } from "../preview/drawer";
import { ask, byPath, type Chosen, useAsked } from "./asked";
import { Drops } from "./drops";
import { Pages } from "./pages";
import { Head, Held, Refused } from "./verdict";

/** Any sealed document that somebody brings, and what can be said of it without trusting whoever sent it. */
export function Verify() {
  return (
    <div data-region="sheet" tabIndex={0} className="scroll h-full px-6 py-8 outline-none">
      <div className="mx-auto max-w-[58rem]">
        <VerifyPage />
      </div>
    </div>
  );
}

/** The same where no board is open yet. */
export function VerifyAlone() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const leave = () => navigate({ to: "/welcome" });
  useCommand("layer.close", leave);
  return (
    <main className="scroll flex h-full flex-col items-center px-6 py-[8vh]">
      <div className="w-full max-w-[48rem]">
        <p className="mb-1 text-ink-2">{t("firstRun.cabinet")}</p>
        <VerifyPage />
        <div className="mt-8 border-t border-line pt-5">
          <Button keys="Escape" onPress={leave}>
            {t("common.back")}
          </Button>
        </div>
      </div>
      <Drops to="/welcome/verify" />
    </main>
  );
}

function VerifyPage() {
  const { t } = useTranslation();
  const asked = useAsked();
  const pathField = useRef<HTMLInputElement>(null);
  const rootField = useRef<HTMLInputElement>(null);
  const [verdict, setVerdict] = useState<DocumentVerdict | null>(null);
  // Of which document it speaks.
  const [judged, setJudged] = useState<Chosen | null>(null);
  const [problem, setProblem] = useState<BoardError | null>(null);
  const [root, setRoot] = useState("");
  const [compared, setCompared] = useState(false);
  const { mutate, isPending } = useAct("verifyDocument", { quiet: true });
  const run = (document: Chosen, against: string) =>
    mutate(
      { ...document, root: against },
      {
        onSuccess: (found) => {
          setVerdict(found);
          setJudged(document);
          setProblem(null);
        },
        onError: (thrown) => setProblem(asBoardError(thrown)),
      },
    );
  // biome-ignore lint/correctness/useExhaustiveDependencies: only the document counts
  useEffect(() => {
    setVerdict(null);
    setProblem(null);
    setRoot("");
    setCompared(false);
    if (!asked) return;
    run(asked, "");
    warm();
  }, [asked]);
  // Its bytes are not kept once nobody looks at it.
  useEffect(() => () => ask(null), []);

  const held = verdict?.held ?? null;
  const comparable = verdict !== null && (compared || (held !== null && held.root !== "own"));
  useCommand("verify.name", () => pathField.current?.focus());
  useCommand("verify.root", comparable ? () => rootField.current?.focus() : null);

  const rootProblem = problem?.kind === "invalid" && problem.detail.field === "root" ? problem.detail.why : null;
  const shown = rootProblem === null ? problem : null;
  const name = asked === null ? "" : asked.name || (asked.path.split(/[\\/]/).at(-1) ?? "");
  return (
    <>
      <h1 className="text-2xl font-semibold tracking-tight">{t("verify.title")}</h1>
      <p className="measure mt-1.5 mb-5 text-ink-2">{t("verify.intro")}</p>
      <Choose fieldRef={pathField} busy={isPending} />
      <div role="status" aria-live="polite" className="mt-6">
        {isPending ? <p className="text-ink-2">{t("verify.working", { name })}</p> : null}
        {!isPending && verdict ? <Head verdict={verdict} /> : null}
      </div>
      {shown ? (
        <div role="alert" className="mt-4 border-l-2 border-bad pl-4">
          {shown.kind === "refused" ? <RefusalBody refusal={shown.detail} /> : <FailureBody error={shown} />}
        </div>
      ) : null}
      {verdict ? (
        <div className="mt-6 flex flex-col gap-7">
          {verdict.refused ? <Refused verdict={verdict} refused={verdict.refused} /> : null}
          {held ? <Held verdict={verdict} held={held} /> : null}
          {judged !== null && judged === asked ? <Pages asked={judged} verdict={verdict} /> : null}
          {comparable ? (
            <form
              className="flex flex-wrap items-end gap-3"
              onSubmit={(event) => {
                event.preventDefault();
                if (!asked || root.trim() === "") return;
                setCompared(true);
                run(asked, root);
              }}
            >
              <TextField
                className="min-w-64 grow"
                label={t("verify.root")}
                value={root}
                onChange={setRoot}
                hint={t("verify.rootHint")}
                error={rootProblem}
                inputRef={rootField}
              />
              <Button type="submit" isPending={isPending} isDisabled={root.trim() === ""}>
                {t("verify.compare")}
              </Button>
            </form>
          ) : null}
        </div>
      ) : null}
    </>
  );
}

function Choose(props: { fieldRef: Ref<HTMLInputElement>; busy: boolean }) {
  const { t } = useTranslation();
  const [path, setPath] = useState("");
  return (
    <form
      className="flex flex-wrap items-end gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (path.trim() !== "") ask(byPath(path.trim()));
      }}
    >
      <TextField
        className="min-w-64 grow"
        label={t("verify.path")}
        value={path}
        onChange={setPath}
        placeholder={t("verify.pathExample")}
        inputRef={props.fieldRef}
      />
      <Button type="submit" isPending={props.busy} isDisabled={path.trim() === ""}>
        {t("verify.now")}
      </Button>
      <FileChoice
        look="primary"
        label={t("verify.choose")}
        busy={props.busy}
        onBytes={(content, name) => ask({ path: "", name, content })}
      />
    </form>
  );
}
