import { useState } from "react";
import { useTranslation } from "react-i18next";
import { TextArea } from "../ds/fields";
import { FormDialog } from "../ds/form-dialog";
import { useNotices } from "../ds/notices";
import type { EmergencyView } from "../ipc/contract";
import { useAct } from "../ipc/queries";

/** What the review found, and what it proposes for the policy: in words, and by settings where it can say which. */
export function Review({ one, onClose }: { one: EmergencyView; onClose: () => void }) {
  const { t } = useTranslation();
  const { say } = useNotices();
  const [note, setNote] = useState("");
  const [words, setWords] = useState("");
  const [lines, setLines] = useState("");
  const meet = useAct("meetOwed", {
    onDone: () => {
      say(t("emergencies.said"));
      onClose();
    },
  });
  const settings = lines.split("\n").filter((line) => line.trim() !== "");
  const proposes = words.trim() !== "" || settings.length > 0;
  const ready = note.trim() !== "" && (settings.length === 0 || words.trim() !== "");
  return (
    <FormDialog
      title={t("emergencies.reviewTitle", { key: one.change })}
      act={t("emergencies.meetNow")}
      busy={meet.isPending}
      ready={ready}
      onAct={() =>
        meet.mutate({
          declaration: one.id,
          owed: "review",
          note,
          proposal: proposes ? { words, settings } : null,
        })
      }
      onClose={onClose}
    >
      <p className="measure">{t("emergencies.reviewHint")}</p>
      <TextArea label={t("emergencies.found")} value={note} onChange={setNote} autoFocus required />
      <TextArea
        label={t("emergencies.propose")}
        value={words}
        onChange={setWords}
        hint={t("emergencies.proposeHint")}
      />
      <TextArea
        label={t("emergencies.settings")}
        value={lines}
        onChange={setLines}
        rows={2}
        hint={t("emergencies.settingsHint")}
      />
    </FormDialog>
  );
}
