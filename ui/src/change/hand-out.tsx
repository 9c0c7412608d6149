import { CircleCheck, Copy } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../ds/button";
import { DialogFrame } from "../ds/dialog";
import { TextField } from "../ds/fields";
import { Facts } from "../ds/layout";
import { useNotices } from "../ds/notices";
import { moment } from "../ds/time";
import type { ChangeView, HandedOut } from "../ipc/contract";
import { useAct, useView } from "../ipc/queries";

/** What a pipeline asks with the file: the options on lines of their own, as in docs/pipeline.md. */
function question(handed: HandedOut): string {
  const artifacts = handed.artifacts.map((artifact) => `--artifact ${artifact}`);
  const options = [
    `--approval ${handed.path}`,
    ...artifacts,
    `--environment ${handed.environment}`,
    `--roster-root ${handed.roster_root}`,
  ];
  return [`cab-gate ${handed.change}`, ...options].join(" \\\n  ");
}

/** The approval as a file for the pipeline, or where there is none, how the change stands. */
export function HandOut({ change, onClose }: { change: ChangeView; onClose: () => void }) {
  const { t } = useTranslation();
  const folder = useView("record").data?.invitation_folder ?? "";
  const [path, setPath] = useState<string | null>(null);
  const handOut = useAct("handOut");
  const { key, id, approval } = change.row;
  const snapshot = approval !== "holds";
  const target = path ?? `${folder}/${key.toLowerCase()}-${snapshot ? "snapshot" : "approval"}.json`;
  const ready = target.trim() !== "";
  const submit = () => ready && handOut.mutate({ change: id, path: target.trim(), snapshot });
  const handed = handOut.data;
  return (
    <DialogFrame
      title={t(snapshot ? "handOut.snapshotTitle" : "handOut.title", { key })}
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
              {t("handOut.write")}
            </Button>
          </>
        )
      }
    >
      {handed ? (
        <Handed handed={handed} snapshot={snapshot} />
      ) : (
        <form
          className="flex flex-col gap-4"
          onSubmit={(event) => {
            event.preventDefault();
            submit();
          }}
        >
          <p className="measure text-ink-2">{t(snapshot ? "handOut.snapshotHint" : "handOut.hint")}</p>
          <TextField label={t("record.path")} value={target} onChange={setPath} autoFocus required />
          <button type="submit" hidden />
        </form>
      )}
    </DialogFrame>
  );
}

function Handed({ handed, snapshot }: { handed: HandedOut; snapshot: boolean }) {
  const { t } = useTranslation();
  const { say } = useNotices();
  const window =
    handed.window_start && handed.window_end
      ? t("handOut.fromTo", { from: moment(handed.window_start), to: moment(handed.window_end) })
      : t("changes.noWindow");
  return (
    <div className="flex flex-col gap-4" role="status">
      <p className="flex items-start gap-2">
        <CircleCheck size={16} className="mt-0.5 shrink-0 text-good" aria-hidden="true" />
        <span className="min-w-0">
          {t(snapshot ? "handOut.snapshotDone" : "handOut.done")}
          <span className="mt-1 block font-mono text-xs break-all">{handed.path}</span>
        </span>
      </p>
      {snapshot ? null : (
        <>
          <Facts
            facts={[
              [
                t("handOut.artifacts"),
                <ul key="artifacts">
                  {handed.artifacts.map((artifact) => (
                    <li key={artifact} className="font-mono text-xs break-all">
                      {artifact}
                    </li>
                  ))}
                </ul>,
              ],
              [t("handOut.environment"), handed.environment],
              [t("handOut.window"), window],
              [t("handOut.goodUntil"), moment(handed.fresh_until)],
            ]}
          />
          <div className="flex flex-col gap-2 border-t border-line pt-4">
            <p>{t("handOut.ask")}</p>
            <pre className="scroll overflow-x-auto rounded-md border border-line bg-paper p-3 font-mono text-xs">
              {question(handed)}
            </pre>
            <div>
              <Button
                onPress={() =>
                  void navigator.clipboard.writeText(question(handed)).then(() => say(t("handOut.copied")))
                }
              >
                <Copy size={14} aria-hidden="true" />
                {t("handOut.copy")}
              </Button>
            </div>
            {handed.provisional ? <p className="text-warn">{t("handOut.provisional")}</p> : null}
          </div>
        </>
      )}
    </div>
  );
}
