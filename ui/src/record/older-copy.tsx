import { History } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../ds/button";
import { DialogFrame } from "../ds/dialog";
import { TextArea } from "../ds/fields";
import { useNotices } from "../ds/notices";
import type { OlderCopy } from "../ipc/contract";
import { useAct, useShow } from "../ipc/queries";

/** An older copy was put back: what to try first, and what to say if nobody has what is missing. */
export function OlderCopyNotice(props: {
  copy: OlderCopy;
  canExchange: boolean;
  busy: boolean;
  onExchange: () => void;
}) {
  const { t } = useTranslation();
  const [recovering, setRecovering] = useState(false);
  return (
    <section
      aria-label={t("record.olderCopy")}
      className="mx-6 mb-3 flex flex-wrap items-start gap-4 rounded-md border border-warn bg-warn-soft px-4 py-3"
    >
      <History size={18} className="mt-0.5 shrink-0 text-warn" aria-hidden="true" />
      <div className="min-w-64 grow basis-0">
        <h2 className="font-semibold">{t("record.olderCopy")}</h2>
        <p className="measure mt-0.5">{t("record.olderCopyMissing", { count: props.copy.missing })}</p>
        <p className="measure text-ink-2">{t("record.olderCopyHint")}</p>
      </div>
      <div className="flex shrink-0 gap-2">
        <Button
          look="primary"
          keys="e"
          isPending={props.busy}
          isDisabled={!props.canExchange}
          onPress={props.onExchange}
        >
          {t("record.exchangeNow")}
        </Button>
        <Button onPress={() => setRecovering(true)}>{t("record.recover")}</Button>
      </div>
      {recovering ? <Recover copy={props.copy} onClose={() => setRecovering(false)} /> : null}
    </section>
  );
}

function Recover({ copy, onClose }: { copy: OlderCopy; onClose: () => void }) {
  const { t } = useTranslation();
  const show = useShow();
  const { say } = useNotices();
  const [reason, setReason] = useState("");
  const recover = useAct("recover", {
    onDone: (next) => {
      show("record", undefined, next);
      say(t("record.recovered"));
      onClose();
    },
  });
  const sign = useAct("requestSigning", { onDone: onClose });
  const ready = reason.trim() !== "";
  // A member's own signatures are given up only by that member, with the PIN.
  const submit = () => {
    if (!ready) return;
    if (copy.signer) sign.mutate({ subject: { kind: "recovery", reason: reason.trim() } });
    else recover.mutate({ reason: reason.trim() });
  };
  return (
    <DialogFrame
      title={t("record.recoverTitle")}
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{t("common.cancel")}</Button>
          <Button look="primary" isPending={recover.isPending || sign.isPending} isDisabled={!ready} onPress={submit}>
            {t(copy.signer ? "record.recoverSign" : "record.recoverNow")}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <p>{t("record.recoverHint")}</p>
        <TextArea
          label={t("record.recoverReason")}
          value={reason}
          onChange={setReason}
          placeholder={t("record.recoverExample")}
          rows={2}
          autoFocus
          required
        />
      </div>
    </DialogFrame>
  );
}
