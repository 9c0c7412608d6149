import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Checkbox, TextField } from "../ds/fields";
import { FormDialog } from "../ds/form-dialog";
import { SixWords } from "../ds/six-words";
import type { WaitingMember } from "../ipc/contract";
import { useAct } from "../ipc/queries";

/** What the admission says; it is signed in the signing window, with the PIN. */
export function Admit({ member, onClose }: { member: WaitingMember; onClose: () => void }) {
  const { t } = useTranslation();
  const [checked, setChecked] = useState("");
  const [holdRoot, setHoldRoot] = useState(false);
  const sign = useAct("requestSigning", { onDone: onClose });
  const ready = checked.trim() !== "";
  const submit = () =>
    ready &&
    sign.mutate({
      subject: {
        kind: "admission",
        enrolment: member.enrolment,
        checked: checked.trim(),
        hold_root: holdRoot,
      },
    });
  return (
    <FormDialog
      title={t("record.admitTitle", { name: member.name })}
      act={t("record.admitNow")}
      busy={sign.isPending}
      ready={ready}
      onAct={submit}
      onClose={onClose}
    >
      <div className="flex flex-col gap-2">
        <p>{t("record.admitSame")}</p>
        <SixWords words={member.words} size="small" />
      </div>
      <TextField
        label={t("record.checked")}
        value={checked}
        onChange={setChecked}
        placeholder={t("record.checkedExample")}
        hint={t("record.checkedHint")}
        autoFocus
        required
      />
      {member.may_hold_root && !member.holds_root ? (
        <Checkbox checked={holdRoot} onChange={setHoldRoot}>
          {t("record.holdRoot", { name: member.name })}
          <span className="block text-xs text-ink-2">{t("record.holdRootHint")}</span>
        </Checkbox>
      ) : null}
    </FormDialog>
  );
}
