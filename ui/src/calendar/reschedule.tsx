import { CircleAlert, CircleCheck, Copy } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../ds/button";
import { DialogFrame } from "../ds/dialog";
import { TextArea, TextField } from "../ds/fields";
import { Facts, Section } from "../ds/layout";
import { FailureBody, useNotices } from "../ds/notices";
import { RefusalBody } from "../ds/refusal";
import type { ImplementationWindow, RescheduleView } from "../ipc/contract";
import { asBoardError } from "../ipc/errors";
import { useAct } from "../ipc/queries";
import { MINE, minuteIn } from "./days";
import { InTheWay } from "./in-the-way";

/** Moves a window: first what follows, then the reason goes into the record. The ticket has the window itself. */
export function Reschedule(props: { change: string; window: ImplementationWindow | null; onClose: () => void }) {
  const { t } = useTranslation();
  const { say } = useNotices();
  const { change, window, onClose } = props;
  const [zone, setZone] = useState(window?.zone ?? MINE);
  const [start, setStart] = useState(window ? minuteIn(window.starts_at, window.zone) : "");
  const [end, setEnd] = useState(window ? minuteIn(window.ends_at, window.zone) : "");
  const [reason, setReason] = useState("");
  // A refusal stands beside the fields that it speaks of.
  const preview = useAct("previewReschedule", { quiet: true });
  const record = useAct("reschedule", {
    onDone: () => {
      say(t("reschedule.recorded"));
      onClose();
    },
  });
  const request = { change, start, end, zone, reason };
  const ready = [start, end, zone, reason].every((text) => text.trim() !== "");
  const look = () => {
    if (ready) preview.mutate(request);
  };
  // What was looked at is what is recorded: an edit asks for another look.
  const edits = (set: (value: string) => void) => (value: string) => {
    set(value);
    preview.reset();
  };
  return (
    <DialogFrame
      wide
      title={t("reschedule.title")}
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{t("common.cancel")}</Button>
          {preview.data ? (
            <Button look="primary" isPending={record.isPending} onPress={() => record.mutate(request)}>
              {t("reschedule.record")}
            </Button>
          ) : (
            <Button look="primary" isPending={preview.isPending} isDisabled={!ready} onPress={look}>
              {t("reschedule.look")}
            </Button>
          )}
        </>
      }
    >
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          look();
        }}
      >
        <p className="measure text-ink-2">{t("reschedule.hint")}</p>
        <div className="grid grid-cols-3 gap-3">
          <TextField label={t("reschedule.start")} value={start} onChange={edits(setStart)} autoFocus required />
          <TextField label={t("reschedule.end")} value={end} onChange={edits(setEnd)} required />
          <TextField label={t("reschedule.zone")} value={zone} onChange={edits(setZone)} required />
        </div>
        <p className="text-xs text-ink-2">{t("reschedule.twice")}</p>
        <TextArea label={t("reschedule.reason")} value={reason} onChange={edits(setReason)} rows={2} required />
        <button type="submit" hidden />
      </form>
      <div role="status" aria-label={t("reschedule.follows")} className="mt-4">
        {preview.error ? <Refused thrown={preview.error} /> : null}
        {preview.data ? <Follows view={preview.data} /> : null}
      </div>
    </DialogFrame>
  );
}

function Refused({ thrown }: { thrown: unknown }) {
  const error = asBoardError(thrown);
  return error.kind === "refused" ? <RefusalBody refusal={error.detail} /> : <FailureBody error={error} />;
}

function Follows({ view }: { view: RescheduleView }) {
  const { t } = useTranslation();
  const { say } = useNotices();
  return (
    <div className="flex flex-col gap-5 border-t border-line pt-4">
      <Facts
        facts={[
          [t("reschedule.from"), view.from ?? t("changes.noWindow")],
          [t("reschedule.to"), view.to],
          [t("reschedule.stands"), view.standing],
          [t("reschedule.standsThen"), view.standing_then],
        ]}
      />
      <InTheWay conflicts={view.conflicts} freezes={view.freezes} coverage={view.coverage} />
      {view.sign_offs.length > 0 ? (
        <Section title={t("reschedule.signOffs")}>
          <ul className="flex flex-col gap-1.5">
            {view.sign_offs.map((signOff) => (
              <li key={`${signOff.signer} ${signOff.role}`} className="flex items-start gap-2">
                {signOff.stale ? (
                  <CircleAlert size={15} className="mt-0.5 shrink-0 text-warn" aria-hidden="true" />
                ) : (
                  <CircleCheck size={15} className="mt-0.5 shrink-0 text-good" aria-hidden="true" />
                )}
                <span>
                  {t(signOff.stale ? "reschedule.stale" : "reschedule.stays", {
                    name: signOff.signer,
                    role: t(`role.${signOff.role}`),
                  })}{" "}
                  <span className="text-ink-2">{signOff.why}</span>
                </span>
              </li>
            ))}
          </ul>
        </Section>
      ) : null}
      <Section title={t("reschedule.notice")}>
        <pre className="rounded-md border border-line bg-paper p-3 font-mono text-xs break-words whitespace-pre-wrap">
          {view.notice}
        </pre>
        <div className="mt-2">
          <Button
            onPress={() => void navigator.clipboard.writeText(view.notice).then(() => say(t("reschedule.copied")))}
          >
            <Copy size={14} aria-hidden="true" />
            {t("reschedule.copy")}
          </Button>
        </div>
      </Section>
    </div>
  );
}
