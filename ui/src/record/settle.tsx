import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../ds/button";
import { DialogFrame } from "../ds/dialog";
import { Radios, TextArea } from "../ds/fields";
import { moment } from "../ds/time";
import type { ForkRow } from "../ipc/contract";
import { useAct } from "../ipc/queries";

/** Which of two histories stands; said in the signing window, with the PIN. */
export function Settle({ fork, onClose }: { fork: ForkRow; onClose: () => void }) {
  const { t } = useTranslation();
  const [stands, setStands] = useState("");
  const [reason, setReason] = useState("");
  const sign = useAct("requestSigning", { onDone: onClose });
  const ready = stands !== "" && reason.trim() !== "";
  const submit = () => ready && sign.mutate({ subject: { kind: "fork", stands, reason: reason.trim() } });
  const [author, ...holders] = fork.deciders.map((member) => member.name);
  return (
    <DialogFrame
      title={t("record.settleTitle", { name: fork.owner })}
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{t("common.cancel")}</Button>
          <Button look="primary" isPending={sign.isPending} isDisabled={!ready} onPress={submit}>
            {t("record.settleNow")}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <p>
          {holders.length > 0
            ? t("record.settleWhoever", { name: author, count: fork.holders_needed, names: holders.join(", ") })
            : t("record.settleWho", { name: author })}
        </p>
        <Radios
          label={t("record.settleWhich")}
          value={stands}
          onChange={setStands}
          choices={fork.entries.map((entry) => ({
            value: entry.id,
            label: entry.at === "" ? entry.meaning : `${moment(entry.at)}: ${entry.meaning}`,
            detail: entry.outcome,
          }))}
        />
        <TextArea
          label={t("record.settleReason")}
          value={reason}
          onChange={setReason}
          placeholder={t("record.settleExample")}
          hint={t("record.settleHint")}
          rows={2}
          required
        />
      </div>
    </DialogFrame>
  );
}
