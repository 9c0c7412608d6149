import { useTranslation } from "react-i18next";
import { Button } from "../ds/button";
import { DialogFrame } from "../ds/dialog";
import { Failed, Reading } from "../ds/layout";
import { useNotices } from "../ds/notices";
import type { ReturnRow } from "../ipc/contract";
import { useAct, useView } from "../ipc/queries";

const isAsked = (row: ReturnRow) => row.text !== null;

/** What would be asked of requesters on their tickets, before it is: of one change, or of every open one (`null`). */
export function Returns({ change, onClose }: { change: string | null; onClose: () => void }) {
  const { t } = useTranslation();
  const { say } = useNotices();
  const preview = useView("previewReturns", { changes: change === null ? null : [change] });
  const giveBack = useAct("returnToRequester", {
    onDone: (rows) => {
      say(t("returns.done", { count: rows.filter(isAsked).length }));
      onClose();
    },
  });
  const asked = preview.data?.filter(isAsked) ?? [];
  // What was read is what is written: no change that came in since.
  const submit = () => giveBack.mutate({ changes: asked.map((row) => row.change) });
  return (
    <DialogFrame
      wide
      title={t(change === null ? "returns.bulkTitle" : "returns.title")}
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{t("common.cancel")}</Button>
          <Button look="primary" isPending={giveBack.isPending} isDisabled={asked.length === 0} onPress={submit}>
            {t("returns.ask")}
          </Button>
        </>
      }
    >
      {preview.error ? (
        <Failed thrown={preview.error} onRetry={() => preview.refetch()} />
      ) : preview.data ? (
        <Preview rows={preview.data} bulk={change === null} />
      ) : (
        <Reading />
      )}
    </DialogFrame>
  );
}

function Preview({ rows, bulk }: { rows: ReturnRow[]; bulk: boolean }) {
  const { t } = useTranslation();
  const asked = rows.filter(isAsked);
  const left = rows.length - asked.length;
  return (
    <div className="flex flex-col gap-4">
      <p className="measure text-ink-2">{t("returns.hint")}</p>
      {bulk ? <p>{t("returns.count", { count: asked.length })}</p> : null}
      {asked.map((row) => (
        <details key={row.change} open={!bulk}>
          <summary className="cursor-default font-medium">
            {t("returns.to", { key: row.change, name: row.to ?? "", title: row.title })}
          </summary>
          <pre className="mt-2 rounded-md border border-line bg-paper p-3 font-mono text-xs break-words whitespace-pre-wrap">
            {row.text}
          </pre>
        </details>
      ))}
      {bulk
        ? left > 0 && <p className="text-ink-2">{t("returns.left", { count: left })}</p>
        : rows.filter((row) => !isAsked(row)).map((row) => <p key={row.change}>{row.none}</p>)}
    </div>
  );
}
