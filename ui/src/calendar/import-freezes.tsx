import { Copy } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../ds/button";
import { DialogFrame } from "../ds/dialog";
import { Radios, TextField } from "../ds/fields";
import { FileChoice } from "../ds/file-choice";
import { FailureBody, useNotices } from "../ds/notices";
import { RefusalBody } from "../ds/refusal";
import type { FreezesProposed } from "../ipc/contract";
import { asBoardError } from "../ipc/errors";
import { useAct } from "../ipc/queries";
import { MINE } from "./days";
import { FreezeList } from "./freeze-list";

/** An organisation's calendar as freezes: looked at, then copied into a policy's draft. Changes nothing. */
export function ImportFreezes({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const [file, setFile] = useState<{ text: string; name: string } | null>(null);
  const [zone, setZone] = useState(MINE);
  const [environment, setEnvironment] = useState("prod*");
  const [hardness, setHardness] = useState("soft");
  const preview = useAct("previewFreezes", { quiet: true });
  const edits = (set: (value: string) => void) => (value: string) => {
    set(value);
    preview.reset();
  };
  const choose = (text: string, name: string) => {
    setFile({ text, name });
    preview.reset();
  };
  const look = () => {
    if (file) preview.mutate({ text: file.text, zone, environment, hard: hardness === "hard" });
  };
  return (
    <DialogFrame
      wide
      title={t("freezes.importTitle")}
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{t("common.close")}</Button>
          <Button look="primary" isPending={preview.isPending} isDisabled={file === null} onPress={look}>
            {t("freezes.look")}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <p className="measure text-ink-2">{t("freezes.importHint")}</p>
        <div>
          <FileChoice label={t("freezes.choose")} onText={choose} />
          {file ? <p className="mt-1.5 break-all">{t("freezes.chosen", { file: file.name })}</p> : null}
        </div>
        <div className="grid grid-cols-2 gap-3">
          <TextField label={t("freezes.zone")} value={zone} onChange={edits(setZone)} required />
          <TextField
            label={t("freezes.environment")}
            value={environment}
            onChange={edits(setEnvironment)}
            hint={t("freezes.environmentHint")}
            required
          />
        </div>
        <Radios
          label={t("freezes.hardness")}
          value={hardness}
          onChange={edits(setHardness)}
          choices={[
            { value: "soft", label: t("freezes.soft"), detail: t("freezes.softDetail") },
            { value: "hard", label: t("freezes.hard"), detail: t("freezes.hardDetail") },
          ]}
        />
        <div role="status" aria-label={t("freezes.found")}>
          {preview.error ? <Refused thrown={preview.error} /> : null}
          {preview.data ? <Proposed proposed={preview.data} /> : null}
        </div>
      </div>
    </DialogFrame>
  );
}

function Refused({ thrown }: { thrown: unknown }) {
  const error = asBoardError(thrown);
  return error.kind === "refused" ? <RefusalBody refusal={error.detail} /> : <FailureBody error={error} />;
}

function Proposed({ proposed }: { proposed: FreezesProposed }) {
  const { t } = useTranslation();
  const { say } = useNotices();
  const { freezes, known, toml } = proposed;
  return (
    <div className="flex flex-col gap-3 border-t border-line pt-4">
      <p>{t("freezes.count", { count: freezes.length })}</p>
      {known.length > 0 ? <p className="text-ink-2">{t("freezes.known", { names: known.join(", ") })}</p> : null}
      <FreezeList freezes={freezes} />
      {toml === "" ? null : (
        <>
          <pre className="scroll max-h-64 overflow-auto rounded-md border border-line bg-paper p-3 font-mono text-xs">
            {toml}
          </pre>
          <div>
            <Button onPress={() => void navigator.clipboard.writeText(toml).then(() => say(t("freezes.copied")))}>
              <Copy size={14} aria-hidden="true" />
              {t("freezes.copy")}
            </Button>
          </div>
        </>
      )}
    </div>
  );
}
