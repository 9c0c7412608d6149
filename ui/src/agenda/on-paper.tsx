import { CircleCheck } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../ds/button";
import { DialogActs, DialogFrame } from "../ds/dialog";
import { Checkbox, TextField } from "../ds/fields";
import type { AgendaWritten, MeetingHead } from "../ipc/contract";
import { useAct, useView } from "../ipc/queries";

/** The agenda as a PDF in a new file that is typed, alone or with what is to be read for it. */
export function OnPaper({ meeting, onClose }: { meeting: MeetingHead; onClose: () => void }) {
  const { t } = useTranslation();
  const folder = useView("record").data?.invitation_folder ?? "";
  const [path, setPath] = useState<string | null>(null);
  const [preRead, setPreRead] = useState(false);
  const write = useAct("writeAgenda");
  const name = `${preRead ? "pre-read" : "agenda"}-${meeting.starts_at.slice(0, 10)}.pdf`;
  const target = path ?? (folder === "" ? "" : `${folder}/${name}`);
  const ready = target.trim() !== "";
  const submit = () => {
    if (ready && !write.isPending) write.mutate({ meeting: meeting.id, path: target.trim(), pre_read: preRead });
  };
  const written = write.data;
  return (
    <DialogFrame
      title={t("papers.agendaTitle")}
      onClose={onClose}
      actions={
        written ? (
          <Button look="primary" autoFocus onPress={onClose}>
            {t("common.close")}
          </Button>
        ) : (
          <DialogActs act={t("papers.write")} onAct={submit} onCancel={onClose} busy={write.isPending} ready={ready} />
        )
      }
    >
      {written ? (
        <Written written={written} />
      ) : (
        <form
          className="flex flex-col gap-4"
          onSubmit={(event) => {
            event.preventDefault();
            submit();
          }}
        >
          <p className="measure text-ink-2">{t("papers.agendaHint")}</p>
          <Checkbox checked={preRead} onChange={setPreRead}>
            {t("papers.preRead")}
          </Checkbox>
          <TextField
            label={t("papers.file")}
            value={target}
            onChange={setPath}
            hint={t("papers.fileHint")}
            autoFocus
            required
          />
          <button type="submit" hidden />
        </form>
      )}
    </DialogFrame>
  );
}

function Written({ written }: { written: AgendaWritten }) {
  const { t } = useTranslation();
  return (
    <div className="flex flex-col gap-3" role="status">
      <p className="flex items-start gap-2">
        <CircleCheck size={16} className="mt-0.5 shrink-0 text-good" aria-hidden="true" />
        <span className="min-w-0">
          {t("papers.agendaWritten", { count: written.items })}
          <span className="mt-1 block font-mono text-xs break-all">{written.path}</span>
        </span>
      </p>
      {written.read.length > 0 ? (
        <p className="measure">{t("papers.read", { keys: written.read.join(", ") })}</p>
      ) : null}
      {written.restricted.length > 0 ? (
        <p className="measure">{t("papers.restricted", { keys: written.restricted.join(", ") })}</p>
      ) : null}
    </div>
  );
}
