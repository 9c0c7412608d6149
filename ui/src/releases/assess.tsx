import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Select, TextArea } from "../ds/fields";
import { FormDialog } from "../ds/form-dialog";
import type { ReleaseView } from "../ipc/contract";
import { useAct, useShow } from "../ipc/queries";

/** The three questions of a release: an answer that is left as it is is not given anew. */
export function Assess({ view, onClose }: { view: ReleaseView; onClose: () => void }) {
  const { t } = useTranslation();
  const show = useShow();
  const name = view.release.name;
  const [given, setGiven] = useState<Record<string, string>>({});
  const [reason, setReason] = useState("");
  const assess = useAct("assessRelease", {
    onDone: (next) => {
      show("release", { release: name }, next);
      onClose();
    },
  });
  const answer = (question: string) => given[question] ?? null;
  const ready = Object.keys(given).length > 0 && reason.trim() !== "";
  const submit = () =>
    assess.mutate({
      release: name,
      impact: answer("release_impact"),
      complexity: answer("release_complexity"),
      rollback: answer("release_rollback"),
      reason: reason.trim(),
    });
  return (
    <FormDialog
      title={t("releases.assessTitle", { name })}
      act={t("releases.record")}
      busy={assess.isPending}
      ready={ready}
      onAct={submit}
      onClose={onClose}
    >
      <p className="measure">{t("releases.assessHint")}</p>
      {view.questions.map((one) => (
        <Select
          key={one.question}
          label={one.asks}
          value={answer(one.question)}
          placeholder={t("releases.choose")}
          onChange={(word) => setGiven({ ...given, [one.question]: word })}
          choices={one.choices.map(({ word, words }) => ({
            value: word,
            label: t("releases.answer", { word, words }),
          }))}
        />
      ))}
      <TextArea label={t("releases.reason")} value={reason} onChange={setReason} rows={2} required />
    </FormDialog>
  );
}
