import { Navigate, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useCommand } from "../commands/registry";
import { Button } from "../ds/button";
import { Radios, TextField } from "../ds/fields";
import { FileChoice } from "../ds/file-choice";
import { Facts, Failed, Reading } from "../ds/layout";
import { FailureBody } from "../ds/notices";
import { RefusalBody } from "../ds/refusal";
import { SixWords } from "../ds/six-words";
import { PinStep } from "../first-run/pin-step";
import type { BoardError, InvitationView } from "../ipc/contract";
import { asBoardError } from "../ipc/errors";
import { useAct, useShow, useView } from "../ipc/queries";
import { JoinFrame, type Step } from "./frame";

interface Chosen {
  text: string;
  view: InvitationView;
}

/** From an invitation file to keys of one's own: the file, the board, the PIN. The six words follow. */
export function Join() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const show = useShow();
  const status = useView("appStatus");
  const terms = useView("enrolmentTerms");
  const [step, setStep] = useState<Step>("file");
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const [folder, setFolder] = useState("");
  const [replace, setReplace] = useState(true);
  const [problem, setProblem] = useState<BoardError | null>(null);
  const read = useAct("readInvitation", { quiet: true });
  const join = useAct("joinBoard", {
    onDone: (answer) => {
      show("appStatus", undefined, answer);
      void navigate({ to: "/admission", replace: true });
    },
  });
  const back = () => {
    if (step === "pin") setStep("board");
    else if (step === "board") setStep("file");
    else void navigate({ to: "/welcome" });
  };
  useCommand("layer.close", back);

  if (status.error) return <Failed thrown={status.error} onRetry={() => status.refetch()} />;
  if (!status.data || !terms.data) return <Reading />;
  if (status.data.board && !join.isPending && !join.isSuccess) return <Navigate to="/" replace />;

  const open = (text: string) =>
    read.mutate(
      { text },
      {
        onSuccess: (view) => {
          setChosen({ text, view });
          setFolder(view.folders[0] ?? "");
          setProblem(null);
          setStep("board");
        },
        onError: (thrown) => setProblem(asBoardError(thrown)),
      },
    );

  if (step === "file" || !chosen)
    return (
      <JoinFrame step="file" title={t("join.title")} intro={t("join.intro")}>
        <div className="flex flex-col gap-4">
          <div className="flex flex-wrap items-center gap-4">
            <FileChoice look="primary" label={t("join.choose")} busy={read.isPending} onText={open} />
            <p className="text-ink-2">{t("join.fileHint")}</p>
          </div>
          {problem ? (
            <div role="alert" className="border-l-2 border-bad pl-4">
              {problem.kind === "refused" ? <RefusalBody refusal={problem.detail} /> : <FailureBody error={problem} />}
            </div>
          ) : null}
        </div>
        <div className="mt-8 border-t border-line pt-5">
          <Button onPress={back}>{t("common.back")}</Button>
        </div>
      </JoinFrame>
    );
  const { view } = chosen;
  if (step === "pin")
    return (
      <JoinFrame step="pin" title={t("join.pinTitle")} intro={t("join.pinIntro")}>
        <PinStep
          terms={terms.data}
          keystore={status.data.keystore}
          busy={join.isPending}
          act={t("join.join")}
          onBack={back}
          onPin={(pin) =>
            join.mutate({
              invitation: chosen.text,
              folder: folder.trim(),
              replace: view.has_key && replace,
              pin,
              accepted_sentence: terms.data.sentence,
            })
          }
        />
      </JoinFrame>
    );
  return (
    <JoinFrame step="board" title={view.board} intro={t("join.boardIntro", { name: view.name })}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          setStep("pin");
        }}
        className="flex flex-col gap-7"
      >
        <Facts
          facts={[
            [t("join.board"), view.board],
            [t("join.name"), view.name],
            ...(view.seat ? ([[t("join.seat"), view.seat]] as [string, string][]) : []),
          ]}
        />
        <section className="flex flex-col gap-3">
          <div>
            <h2 className="font-semibold">{t("join.rootTitle")}</h2>
            <p className="measure mt-0.5 text-ink-2">{t("join.rootHint")}</p>
          </div>
          <SixWords words={view.roster_words} />
        </section>
        {view.has_key ? (
          <Radios
            label={t("join.why")}
            value={replace ? "replace" : "another"}
            onChange={(value) => setReplace(value === "replace")}
            choices={[
              { value: "replace", label: t("join.replace"), detail: t("join.replaceDetail") },
              { value: "another", label: t("join.another"), detail: t("join.anotherDetail") },
            ]}
          />
        ) : null}
        <TextField label={t("join.folder")} value={folder} onChange={setFolder} hint={t("join.folderHint")} />
        <div className="flex items-center gap-2 border-t border-line pt-5">
          <Button look="primary" type="submit" autoFocus>
            {t("common.next")}
          </Button>
          <Button onPress={back}>{t("common.back")}</Button>
        </div>
      </form>
    </JoinFrame>
  );
}
