import { CircleCheck, CircleX } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../ds/button";
import { DialogFrame } from "../ds/dialog";
import { Radios } from "../ds/fields";
import { FileChoice } from "../ds/file-choice";
import { FailureBody } from "../ds/notices";
import { RefusalBody } from "../ds/refusal";
import type { BoardError, Brought } from "../ipc/contract";
import { asBoardError } from "../ipc/errors";
import { useAct } from "../ipc/queries";

/** What became of one file. */
interface Told {
  id: number;
  file: string;
  failed: boolean;
  brought: Brought | null;
  error: BoardError | null;
}

/** What pipelines' gates wrote, file by file; what was counted and what was refused stays until one is done. */
export function BringReceipts({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const [receipt, setReceipt] = useState<{ content: string; file: string } | null>(null);
  const [ended, setEnded] = useState("succeeded");
  const [told, setTold] = useState<Told[]>([]);
  // A refusal stands beside its file.
  const bring = useAct("bringReceipt", { quiet: true });
  const submit = () => {
    if (receipt === null) return;
    const { content, file } = receipt;
    const failed = ended === "failed";
    const tell = (brought: Brought | null, error: BoardError | null) => {
      setTold((before) => [{ id: before.length, file, failed, brought, error }, ...before]);
      setReceipt(null);
      setEnded("succeeded");
    };
    bring.mutate(
      { content, failed },
      { onSuccess: (brought) => tell(brought, null), onError: (thrown) => tell(null, asBoardError(thrown)) },
    );
  };
  return (
    <DialogFrame
      title={t("pipelines.bringTitle")}
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{t("common.close")}</Button>
          <Button look="primary" isPending={bring.isPending} isDisabled={receipt === null} onPress={submit}>
            {t("pipelines.bringNow")}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <p className="measure text-ink-2">{t("pipelines.bringHint")}</p>
        <div>
          <FileChoice label={t("pipelines.choose")} onBytes={(content, file) => setReceipt({ content, file })} />
          {receipt ? <p className="mt-1.5 break-all">{t("pipelines.chosen", { file: receipt.file })}</p> : null}
        </div>
        <Radios
          label={t("pipelines.ended")}
          value={ended}
          onChange={setEnded}
          choices={[
            { value: "succeeded", label: t("pipelines.succeeded"), detail: t("pipelines.succeededDetail") },
            { value: "failed", label: t("pipelines.failed"), detail: t("pipelines.failedDetail") },
          ]}
        />
        <div role="status" aria-label={t("pipelines.came")}>
          {told.length > 0 ? (
            <ul className="divide-y divide-line border-t border-line">
              {told.map((one) => (
                <Came key={one.id} told={one} />
              ))}
            </ul>
          ) : null}
        </div>
      </div>
    </DialogFrame>
  );
}

function Came({ told }: { told: Told }) {
  const { brought, error, failed, file } = told;
  return (
    <li className="flex items-start gap-2.5 py-2.5">
      {error ? (
        <CircleX size={15} className="mt-0.5 shrink-0 text-bad" aria-hidden="true" />
      ) : (
        <CircleCheck size={15} className="mt-0.5 shrink-0 text-good" aria-hidden="true" />
      )}
      <div className="min-w-0">
        <p className="font-mono text-xs break-all">{file}</p>
        {error ? <Refused error={error} /> : null}
        {brought ? <Counted brought={brought} failed={failed} /> : null}
      </div>
    </li>
  );
}

function Refused({ error }: { error: BoardError }) {
  const { t } = useTranslation();
  return (
    <>
      <p className="font-medium text-bad">{t("pipelines.refused")}</p>
      {error.kind === "refused" ? (
        <RefusalBody refusal={error.detail} />
      ) : error.kind === "not_found" ? (
        <p className="measure">{t("pipelines.unknown")}</p>
      ) : (
        <FailureBody error={error} />
      )}
    </>
  );
}

function Counted({ brought, failed }: { brought: Brought; failed: boolean }) {
  const { t } = useTranslation();
  const { known, owed, standing } = brought;
  return (
    <>
      {standing ? (
        <>
          <p className="measure">
            {t(failed ? "pipelines.countedFailed" : "pipelines.counted", {
              pipeline: standing.pipeline,
              change: standing.change,
            })}
          </p>
          <p className="num text-xs text-ink-2">
            {t("pipelines.uses", { counted: standing.counted, uses: standing.uses })} · {standing.state}
          </p>
        </>
      ) : null}
      {owed ? <p className="measure">{t("pipelines.owes", { what: owed.what })}</p> : null}
      {known ? <p className="measure text-ink-2">{t("pipelines.known")}</p> : null}
    </>
  );
}
