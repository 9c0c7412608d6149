import { CircleCheck, FileText, Mail } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../ds/button";
import { DialogFrame } from "../ds/dialog";
import { TextField } from "../ds/fields";
import type { MeetingHead, MinutesHandedOut } from "../ipc/contract";
import { useAct, useView } from "../ipc/queries";

/** Sealed minutes, with all that is sealed beside them, into a folder that is typed; then what lies there. */
export function HandOutMinutes({ meeting, onClose }: { meeting: MeetingHead; onClose: () => void }) {
  const { t } = useTranslation();
  const suggested = useView("record").data?.invitation_folder ?? "";
  const [path, setPath] = useState<string | null>(null);
  const handOut = useAct("handOutMinutes");
  const target = path ?? (suggested === "" ? "" : `${suggested}/minutes-${meeting.starts_at.slice(0, 10)}`);
  const ready = target.trim() !== "";
  const submit = () => {
    if (ready && !handOut.isPending) handOut.mutate({ meeting: meeting.id, path: target.trim() });
  };
  const handed = handOut.data;
  return (
    <DialogFrame
      title={t("minutes.handOutTitle")}
      onClose={onClose}
      actions={
        handed ? (
          <Button look="primary" autoFocus onPress={onClose}>
            {t("common.close")}
          </Button>
        ) : (
          <>
            <Button onPress={onClose}>{t("common.cancel")}</Button>
            <Button look="primary" isPending={handOut.isPending} isDisabled={!ready} onPress={submit}>
              {t("minutes.write")}
            </Button>
          </>
        )
      }
    >
      {handed ? (
        <Handed handed={handed} />
      ) : (
        <form
          className="flex flex-col gap-4"
          onSubmit={(event) => {
            event.preventDefault();
            submit();
          }}
        >
          <p className="measure text-ink-2">{t("minutes.handOutHint")}</p>
          <TextField
            label={t("minutes.folder")}
            value={target}
            onChange={setPath}
            hint={t("minutes.folderHint")}
            autoFocus
            required
          />
          <button type="submit" hidden />
        </form>
      )}
    </DialogFrame>
  );
}

function Handed({ handed }: { handed: MinutesHandedOut }) {
  const { t } = useTranslation();
  return (
    <div className="flex flex-col gap-3" role="status">
      <p className="flex items-start gap-2">
        <CircleCheck size={16} className="mt-0.5 shrink-0 text-good" aria-hidden="true" />
        <span className="min-w-0">
          {t("minutes.written", { count: handed.files.length })}
          <span className="mt-1 block font-mono text-xs break-all">{handed.folder}</span>
        </span>
      </p>
      <ul className="flex flex-col gap-1">
        {handed.files.map((file) => (
          <li key={file.file} className="flex items-start gap-2">
            {file.file.endsWith(".eml") ? (
              <Mail size={14} className="mt-0.5 shrink-0 text-ink-2" aria-hidden="true" />
            ) : (
              <FileText size={14} className="mt-0.5 shrink-0 text-ink-2" aria-hidden="true" />
            )}
            <span className="min-w-0 break-all">
              {file.file}
              {file.already ? <span className="text-ink-2"> ({t("minutes.already")})</span> : null}
            </span>
          </li>
        ))}
      </ul>
      <p className="measure">
        {handed.to.length > 0 ? t("minutes.mailTo", { names: handed.to.join(", ") }) : t("minutes.mailToNobody")}
      </p>
      {handed.to.length > 0 && handed.without_address.length > 0 ? (
        <p className="measure">{t("minutes.withoutAddress", { names: handed.without_address.join(", ") })}</p>
      ) : null}
      {handed.not_here.length > 0 ? (
        <p className="measure text-warn">{t("minutes.notHere", { names: handed.not_here.join(", ") })}</p>
      ) : null}
    </div>
  );
}
