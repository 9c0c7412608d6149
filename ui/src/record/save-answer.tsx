import { CircleCheck } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../ds/button";
import { DialogFrame } from "../ds/dialog";
import { TextField } from "../ds/fields";
import type { OpenedPack } from "../ipc/contract";
import { useAct } from "../ipc/queries";

/** What goes back to whoever made the pack. */
export function SaveAnswer({ pack, onClose }: { pack: OpenedPack; onClose: () => void }) {
  const { t } = useTranslation();
  const [path, setPath] = useState(pack.answer_file);
  const save = useAct("saveAnswer");
  const ready = path.trim() !== "";
  const submit = () => ready && save.mutate({ path: path.trim() });
  const file = save.data;
  return (
    <DialogFrame
      title={t("pack.answerTitle")}
      onClose={onClose}
      actions={
        file ? (
          <Button look="primary" autoFocus onPress={onClose}>
            {t("common.close")}
          </Button>
        ) : (
          <>
            <Button onPress={onClose}>{t("common.cancel")}</Button>
            <Button look="primary" isPending={save.isPending} isDisabled={!ready} onPress={submit}>
              {t("pack.answerNow")}
            </Button>
          </>
        )
      }
    >
      {file ? (
        <p role="status" className="flex items-start gap-2">
          <CircleCheck size={16} className="mt-0.5 shrink-0 text-good" aria-hidden="true" />
          <span className="min-w-0">
            {t("pack.answerDone", { name: file.to })}
            <span className="mt-1 block font-mono text-xs break-all">{file.path}</span>
          </span>
        </p>
      ) : (
        <form
          className="flex flex-col gap-4"
          onSubmit={(event) => {
            event.preventDefault();
            submit();
          }}
        >
          <p className="text-ink-2">{t("pack.answerHint", { name: pack.from })}</p>
          {pack.signed === 0 ? <p className="text-warn">{t("pack.answerNothing")}</p> : null}
          <TextField label={t("pack.saveTo")} value={path} onChange={setPath} autoFocus required />
          <button type="submit" hidden />
        </form>
      )}
    </DialogFrame>
  );
}
