import { CircleCheck, CircleX, FileText } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../ds/button";
import { DialogActs, DialogFrame } from "../ds/dialog";
import { TextArea, TextField } from "../ds/fields";
import type { ExtractsWritten } from "../ipc/contract";
import { useAct, useView } from "../ipc/queries";

/** Extracts of the changes whose keys are pasted, into a folder that is typed; then what became of each. */
export function ExtractsByList({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const suggested = useView("record").data?.invitation_folder ?? "";
  const [keys, setKeys] = useState("");
  const [path, setPath] = useState<string | null>(null);
  const write = useAct("writeExtracts");
  const target = path ?? (suggested === "" ? "" : `${suggested}/extracts`);
  const ready = keys.trim() !== "" && target.trim() !== "";
  const submit = () => {
    if (ready && !write.isPending) write.mutate({ keys, path: target.trim() });
  };
  const written = write.data;
  return (
    <DialogFrame
      title={t("papers.extractsTitle")}
      onClose={onClose}
      actions={
        written ? (
          <Button look="primary" autoFocus onPress={onClose}>
            {t("common.close")}
          </Button>
        ) : (
          <DialogActs
            act={t("papers.writeExtracts")}
            onAct={submit}
            onCancel={onClose}
            busy={write.isPending}
            ready={ready}
          />
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
          <p className="measure text-ink-2">{t("papers.extractsHint")}</p>
          <TextArea
            label={t("papers.keys")}
            value={keys}
            onChange={setKeys}
            hint={t("papers.keysHint")}
            rows={6}
            autoFocus
            required
          />
          <TextField
            label={t("minutes.folder")}
            value={target}
            onChange={setPath}
            hint={t("minutes.folderHint")}
            required
          />
          <button type="submit" hidden />
        </form>
      )}
    </DialogFrame>
  );
}

function Written({ written }: { written: ExtractsWritten }) {
  const { t } = useTranslation();
  const there = written.lines.filter((line) => line.file !== "").length;
  return (
    <div className="flex flex-col gap-3" role="status">
      <p className="flex items-start gap-2">
        <CircleCheck size={16} className="mt-0.5 shrink-0 text-good" aria-hidden="true" />
        <span className="min-w-0">
          {t("papers.written", { count: there })}
          <span className="mt-1 block font-mono text-xs break-all">{written.folder}</span>
        </span>
      </p>
      <ul aria-label={t("papers.lines")} className="flex flex-col gap-1.5">
        {written.lines.map((line) => (
          <li key={line.key} className="flex items-start gap-2">
            {line.file !== "" ? (
              <FileText size={14} className="mt-0.5 shrink-0 text-ink-2" aria-hidden="true" />
            ) : (
              <CircleX size={14} className="mt-0.5 shrink-0 text-warn" aria-hidden="true" />
            )}
            <span className="min-w-0">
              <span className="num font-medium">{line.key}</span> <span className="text-ink-2">{line.title}</span>
              <span className="block text-xs break-all">
                {line.file !== "" ? line.file : t("papers.lacks", { why: line.why })}
              </span>
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
