import { useState } from "react";
import { useTranslation } from "react-i18next";
import { DateEntry, TextField } from "../ds/fields";
import { FormDialog } from "../ds/form-dialog";
import { Facts } from "../ds/layout";
import type { ChangeRow, StandingOffer } from "../ipc/contract";
import { useAct } from "../ipc/queries";

/** As often as the board lets one standing approval be used. */
const MOST_USES = 10_000;
const PROPOSED_DAYS = 90;

/** In the evening of the ninetieth day from now, as a local date and time of a form field. */
function proposed(now: Date): string {
  const end = new Date(now);
  end.setDate(end.getDate() + PROPOSED_DAYS);
  const two = (n: number) => String(n).padStart(2, "0");
  return `${end.getFullYear()}-${two(end.getMonth() + 1)}-${two(end.getDate())}T18:00`;
}

/** What one pipeline may repeat, how often and until when; signed in the signing window, with the PIN. */
export function Stand({ row, offer, onClose }: { row: ChangeRow; offer: StandingOffer; onClose: () => void }) {
  const { t } = useTranslation();
  const [service, setService] = useState("");
  const [pipeline, setPipeline] = useState("");
  const [often, setOften] = useState("");
  const [until, setUntil] = useState(() => proposed(new Date()));
  const sign = useAct("requestSigning", { onDone: onClose });

  const uses = /^\d+$/.test(often.trim()) ? Number(often.trim()) : 0;
  const countable = uses >= 1 && uses <= MOST_USES;
  const over = until !== "" && Date.parse(until) <= Date.now();
  const ready = service.trim() !== "" && pipeline.trim() !== "" && countable && until !== "" && !over;
  const submit = () => {
    if (!ready) return;
    const names = { change: row.id, service: service.trim(), pipeline: pipeline.trim() };
    sign.mutate({ subject: { kind: "standing", ...names, uses, expires: new Date(until).toISOString() } });
  };
  return (
    <FormDialog
      title={t("pipelines.standTitle", { key: row.key })}
      act={t("pipelines.standNow")}
      busy={sign.isPending}
      ready={ready}
      onAct={submit}
      onClose={onClose}
    >
      <p className="measure">{t("pipelines.standHint")}</p>
      <Facts
        facts={[
          [t("pipelines.where"), offer.environment],
          [t("pipelines.who"), offer.signers.join(", ")],
        ]}
      />
      <TextField
        label={t("pipelines.service")}
        value={service}
        onChange={setService}
        hint={t("pipelines.nameHint")}
        autoFocus
        required
      />
      <TextField
        label={t("pipelines.pipeline")}
        value={pipeline}
        onChange={setPipeline}
        hint={t("pipelines.nameHint")}
        required
      />
      <TextField
        label={t("pipelines.often")}
        value={often}
        onChange={setOften}
        hint={t("pipelines.oftenHint")}
        error={often.trim() !== "" && !countable ? t("pipelines.oftenWrong") : null}
        required
      />
      <DateEntry
        label={t("pipelines.ends")}
        value={until}
        onChange={setUntil}
        withTime
        hint={t(over ? "pipelines.endsWrong" : "pipelines.endsHint")}
      />
    </FormDialog>
  );
}
