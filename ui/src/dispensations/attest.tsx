import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Radios, TextArea } from "../ds/fields";
import { FileChoice } from "../ds/file-choice";
import { FormDialog } from "../ds/form-dialog";
import { useNotices } from "../ds/notices";
import type { QuestionView } from "../ipc/contract";
import { useAct, useShow } from "../ipc/queries";

/** The largest file that is kept as evidence, as Base64 has it. */
const LARGEST = Math.ceil((4 * 1024 * 1024) / 3) * 4;

/** An answer where no machine's file can say it: on the member's word, without a PIN. */
export function Attest(props: { change: string; question: QuestionView; onClose: () => void }) {
  const { t } = useTranslation();
  const { say } = useNotices();
  const show = useShow();
  const { change, question, onClose } = props;
  const [yes, setYes] = useState("");
  const [words, setWords] = useState("");
  const [file, setFile] = useState<{ name: string; content: string } | null>(null);
  const attest = useAct("attest", {
    onDone: (acts) => {
      show("gateActs", { change }, acts);
      say(t("dispensations.attestDone"));
      onClose();
    },
  });
  const large = file !== null && file.content.length > LARGEST;
  const value = question.yes_or_no ? [yes, words.trim()].filter((part) => part !== "").join(", ") : words.trim();
  const ready = (question.yes_or_no ? yes !== "" : words.trim() !== "") && !large;
  const submit = () => attest.mutate({ change, question: question.question, value, evidence: file?.content ?? "" });
  return (
    <FormDialog
      title={t("dispensations.attestTitle")}
      act={t("dispensations.attestNow")}
      busy={attest.isPending}
      ready={ready}
      onAct={submit}
      onClose={onClose}
    >
      <p className="measure font-medium">{question.asks}</p>
      <p className="measure text-ink-2">{t("dispensations.attestHint")}</p>
      {question.yes_or_no ? (
        <Radios
          label={t("dispensations.yesNo")}
          value={yes}
          onChange={setYes}
          choices={[
            { value: "yes", label: t("dispensations.yes") },
            { value: "no", label: t("dispensations.no") },
          ]}
        />
      ) : null}
      <TextArea
        label={t(question.yes_or_no ? "dispensations.more" : "dispensations.value")}
        hint={question.yes_or_no ? t("dispensations.moreHint") : undefined}
        value={words}
        onChange={setWords}
        rows={2}
        autoFocus={!question.yes_or_no}
        required={!question.yes_or_no}
      />
      <div className="flex flex-col items-start gap-1">
        <FileChoice
          label={t(file ? "dispensations.evidenceOther" : "dispensations.evidence")}
          onBytes={(content, name) => setFile({ name, content })}
        />
        {file ? (
          <p className={`measure text-xs ${large ? "text-bad" : "text-ink-2"}`} role="status">
            {t(large ? "dispensations.evidenceLarge" : "dispensations.evidenceChosen", { name: file.name })}
          </p>
        ) : null}
      </div>
    </FormDialog>
  );
}
