import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Checkbox, DateEntry, TextArea, TextField } from "../ds/fields";
import { FormDialog } from "../ds/form-dialog";
import { useAct } from "../ipc/queries";

const FACTS = ["corrects_error", "current_release", "major_impact"] as const;
const LINES = ["incident", "consulted", "breaks", "deployer"] as const;
const TEXTS = ["plan", "backout"] as const;
/** An emergency's window, as it is proposed. */
const PROPOSED_MINUTES = 60;

/** So many minutes from now, as a local date and time of a form field. */
function proposed(minutes: number): string {
  const at = new Date(Date.now() + minutes * 60_000);
  const two = (n: number) => String(n).padStart(2, "0");
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** Ten things, three of them facts; signed by the Service Manager in the signing window, with the PIN. */
export function Declare({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const [facts, setFacts] = useState({ corrects_error: false, current_release: false, major_impact: false });
  const [said, setSaid] = useState({ incident: "", consulted: "", breaks: "", deployer: "", plan: "", backout: "" });
  const [change, setChange] = useState("");
  const [from, setFrom] = useState(() => proposed(0));
  const [until, setUntil] = useState(() => proposed(PROPOSED_MINUTES));
  const sign = useAct("requestSigning", { onDone: onClose });

  const whole = FACTS.every((fact) => facts[fact]) && [...LINES, ...TEXTS].every((field) => said[field].trim() !== "");
  const wrong = from !== "" && until !== "" && Date.parse(until) <= Date.parse(from);
  const ready = whole && from !== "" && until !== "" && !wrong;
  const submit = () => {
    if (!ready) return;
    const times = { from: new Date(from).toISOString(), until: new Date(until).toISOString() };
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const form = { change: change.trim().toUpperCase(), ...facts, ...said, ...times, zone };
    sign.mutate({ subject: { kind: "emergency", form } });
  };
  return (
    <FormDialog
      title={t("emergencies.declareTitle")}
      act={t("emergencies.declareNow")}
      busy={sign.isPending}
      ready={ready}
      onAct={submit}
      onClose={onClose}
    >
      <p className="measure">{t("emergencies.declareHint")}</p>
      {FACTS.map((fact) => (
        <Checkbox key={fact} checked={facts[fact]} onChange={(on) => setFacts({ ...facts, [fact]: on })}>
          {t(`emergencies.fact.${fact}`)}
        </Checkbox>
      ))}
      <TextField
        label={t("emergencies.change")}
        value={change}
        onChange={setChange}
        hint={t("emergencies.changeHint")}
      />
      {LINES.map((field) => (
        <TextField
          key={field}
          label={t(`emergencies.say.${field}`)}
          value={said[field]}
          onChange={(text) => setSaid({ ...said, [field]: text })}
          required
        />
      ))}
      {TEXTS.map((field) => (
        <TextArea
          key={field}
          label={t(`emergencies.say.${field}`)}
          value={said[field]}
          onChange={(text) => setSaid({ ...said, [field]: text })}
          rows={2}
          required
        />
      ))}
      <DateEntry label={t("emergencies.from")} value={from} onChange={setFrom} withTime />
      <DateEntry
        label={t("emergencies.until")}
        value={until}
        onChange={setUntil}
        withTime
        hint={t(wrong ? "emergencies.untilWrong" : "emergencies.untilHint")}
      />
    </FormDialog>
  );
}
