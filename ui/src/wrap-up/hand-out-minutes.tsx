import { CircleCheck, FileText, Mail } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../ds/button";
import { DialogActs, DialogFrame } from "../ds/dialog";
import { Radios, TextField } from "../ds/fields";
import { Failed } from "../ds/layout";
import type { HandedEdition, MeetingHead, MinutesHandedOut } from "../ipc/contract";
import { useAct, useView } from "../ipc/queries";

/** Sealed minutes, in full or as they may be circulated, or a draft, into a folder that is typed; then what lies there. */
export function HandOutMinutes(props: { meeting: MeetingHead; draft: boolean; onClose: () => void }) {
  const { meeting, draft, onClose } = props;
  const { t } = useTranslation();
  const suggested = useView("record").data?.invitation_folder ?? "";
  const { data: beside, error, refetch } = useView("besideMinutes", { meeting: meeting.id });
  const [path, setPath] = useState<string | null>(null);
  const [chosen, setChosen] = useState<HandedEdition | null>(null);
  const [typed, setTyped] = useState("");
  const handOut = useAct("handOutMinutes");
  const target = path ?? (suggested === "" ? "" : `${suggested}/minutes-${meeting.starts_at.slice(0, 10)}`);
  const restricted = beside?.circulated.restricted ?? [];
  const twice = !draft && (beside?.circulated.sealed ?? null) !== null;
  const edition: HandedEdition = draft ? "draft" : (chosen ?? (twice ? "circulated" : "full"));
  // What withholds nothing is handed out by whoever says so in words.
  const asks = restricted.length > 0 && edition !== "circulated";
  const words = t("minutes.confirmWords");
  const said = !asks || typed.trim().toLowerCase() === words;
  const ready = beside !== undefined && said && target.trim() !== "";
  const submit = () => {
    if (ready && !handOut.isPending) handOut.mutate({ meeting: meeting.id, edition, path: target.trim() });
  };
  const handed = handOut.data;
  return (
    <DialogFrame
      title={t(draft ? "minutes.handOutDraftTitle" : "minutes.handOutTitle")}
      onClose={onClose}
      actions={
        handed ? (
          <Button look="primary" autoFocus onPress={onClose}>
            {t("common.close")}
          </Button>
        ) : (
          <DialogActs
            act={t("minutes.write")}
            onAct={submit}
            onCancel={onClose}
            busy={handOut.isPending}
            ready={ready}
          />
        )
      }
    >
      {handed ? (
        <Handed handed={handed} />
      ) : error ? (
        <Failed thrown={error} onRetry={() => refetch()} />
      ) : (
        <form
          className="flex flex-col gap-4"
          onSubmit={(event) => {
            event.preventDefault();
            submit();
          }}
        >
          <p className="measure text-ink-2">{t(draft ? "minutes.handOutDraftHint" : "minutes.handOutHint")}</p>
          {twice ? (
            <Radios
              label={t("minutes.edition")}
              value={edition}
              onChange={(value) => setChosen(value === "full" ? "full" : "circulated")}
              choices={(["circulated", "full"] as const).map((one) => ({
                value: one,
                label: t(`minutes.editionOf.${one}`),
                detail: t(`minutes.editionHint.${one}`),
              }))}
            />
          ) : null}
          <TextField
            label={t("minutes.folder")}
            value={target}
            onChange={setPath}
            hint={t("minutes.folderHint")}
            autoFocus
            required
          />
          {asks ? (
            <div className="border-l-2 border-warn pl-3">
              <p className="measure mb-2">
                {t("minutes.tellsRestricted", {
                  count: restricted.length,
                  keys: restricted.map((item) => item.key).join(", "),
                })}
              </p>
              <TextField label={t("minutes.confirm", { words })} value={typed} onChange={setTyped} required />
            </div>
          ) : null}
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
      {handed.left_out.length > 0 ? (
        <p className="measure">{t("minutes.leftOut", { names: handed.left_out.join(", ") })}</p>
      ) : null}
    </div>
  );
}
