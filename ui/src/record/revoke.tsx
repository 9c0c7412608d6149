import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../ds/button";
import { DialogFrame } from "../ds/dialog";
import { DateEntry, Radios } from "../ds/fields";
import type { RecordMember, RevocationReason } from "../ipc/contract";
import { useAct } from "../ipc/queries";

const REASONS: RevocationReason[] = ["lost", "compromised", "left"];

/** Why a member's keys are taken away, and since when; signed in the signing window, with the PIN. */
export function Revoke({ row, onClose }: { row: RecordMember; onClose: () => void }) {
  const { t } = useTranslation();
  const [reason, setReason] = useState<RevocationReason | "">("");
  const [since, setSince] = useState("");
  const sign = useAct("requestSigning", { onDone: onClose });
  const submit = () => {
    if (reason === "") return;
    const from = since === "" ? "" : new Date(since).toISOString();
    sign.mutate({ subject: { kind: "revocation", member: row.member.id, reason, from } });
  };
  return (
    <DialogFrame
      title={t("record.revokeTitle", { name: row.member.name })}
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{t("common.cancel")}</Button>
          <Button look="primary" isPending={sign.isPending} isDisabled={reason === ""} onPress={submit}>
            {t("record.revokeNow")}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <p>{t("record.revokeHint", { name: row.member.name })}</p>
        <Radios
          label={t("record.revokeWhy")}
          value={reason}
          onChange={(next) => setReason(next as RevocationReason)}
          choices={REASONS.map((value) => ({
            value,
            label: t(`record.revokeReason.${value}`),
            detail: t(`record.revokeDetail.${value}`),
          }))}
        />
        <DateEntry
          label={t("record.revokeSince")}
          value={since}
          onChange={setSince}
          withTime
          hint={t("record.revokeSinceHint")}
        />
      </div>
    </DialogFrame>
  );
}
