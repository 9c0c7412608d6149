import { useState } from "react";
import { useTranslation } from "react-i18next";
import { TextField } from "../ds/fields";
import { FormDialog } from "../ds/form-dialog";
import type { ChangeView } from "../ipc/contract";
import { useAct, useView } from "../ipc/queries";

/** The approved plan as a PDF in a new file; a release manager seals it in the signing window. */
export function ExportPlan({ change, onClose }: { change: ChangeView; onClose: () => void }) {
  const { t } = useTranslation();
  const folder = useView("record").data?.invitation_folder ?? "";
  const [path, setPath] = useState<string | null>(null);
  const sign = useAct("requestSigning", { onDone: onClose });
  const { id, key } = change.row;
  const target = path ?? (folder === "" ? "" : `${folder}/${key.toLowerCase()}-plan.pdf`);
  return (
    <FormDialog
      title={t("papers.planTitle", { key })}
      act={t("papers.planGo")}
      busy={sign.isPending}
      ready={target.trim() !== ""}
      onAct={() => sign.mutate({ subject: { kind: "approved_plan", change: id, path: target.trim() } })}
      onClose={onClose}
    >
      <p className="measure text-ink-2">{t("papers.planHint")}</p>
      <TextField
        label={t("papers.file")}
        value={target}
        onChange={setPath}
        hint={t("papers.fileHint")}
        autoFocus
        required
      />
    </FormDialog>
  );
}
