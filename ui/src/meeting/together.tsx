import { CircleSlash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../ds/button";
import { DialogFrame } from "../ds/dialog";
import { Checkbox, DateEntry, Select, TextArea } from "../ds/fields";
import { FormDialog } from "../ds/form-dialog";
import { Key } from "../ds/marks";
import { RefusalBody } from "../ds/refusal";
import type { ConsoleItemRow, DecisionKind, MeetingView, ReleaseDecided } from "../ipc/contract";
import { asBoardError } from "../ipc/errors";
import { useAct } from "../ipc/queries";

/** What can be decided of a whole release; conditions belong to one change. */
const KINDS = ["approved", "rejected", "deferred", "more_information"] as const satisfies readonly DecisionKind[];

/** One question about a whole release; what was decided, and what stayed behind and why, is said before it closes. */
export function Together(props: {
  meeting: string;
  release: string;
  items: ConsoleItemRow[];
  onDone: (meeting: MeetingView) => void;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const { meeting, release, onDone, onClose } = props;
  const [kind, setKind] = useState<DecisionKind>("approved");
  const [rationale, setRationale] = useState("");
  const [until, setUntil] = useState("");
  const [without, setWithout] = useState<string[]>([]);
  const [told, setTold] = useState<ReleaseDecided | null>(null);
  const decide = useAct("decideRelease", {
    quiet: true,
    onDone: (answer) => {
      onDone(answer.meeting);
      setTold(answer);
    },
  });
  if (told) return <Told told={told} onClose={onClose} />;
  const open = props.items.filter((item) => item.decision === null);
  const ready = open.some((item) => !without.includes(item.key)) && (kind === "approved" || rationale.trim() !== "");
  const error = decide.error ? asBoardError(decide.error) : null;
  const submit = () =>
    decide.mutate({
      meeting,
      release,
      kind,
      rationale: rationale.trim(),
      deferred_to: kind === "deferred" && until !== "" ? until : null,
      without,
    });
  return (
    <FormDialog
      title={t("releases.togetherTitle", { name: release })}
      act={t("releases.decideNow")}
      busy={decide.isPending}
      ready={ready}
      onAct={submit}
      onClose={onClose}
    >
      <p className="measure">{t("releases.togetherHint")}</p>
      <fieldset className="flex flex-col gap-1.5">
        <legend className="mb-1 font-medium">{t("releases.which")}</legend>
        {open.map((item) => (
          <Checkbox
            key={item.id}
            checked={!without.includes(item.key)}
            onChange={(taken) => setWithout(taken ? without.filter((key) => key !== item.key) : [...without, item.key])}
          >
            <Key id={item.key} className="text-ink-2" /> {item.title}
          </Checkbox>
        ))}
      </fieldset>
      <Select
        label={t("releases.kind")}
        value={kind}
        onChange={(value) => setKind(value as DecisionKind)}
        choices={KINDS.map((value) => ({ value, label: t(`decision.${value}`) }))}
      />
      {kind === "deferred" ? <DateEntry label={t("releases.until")} value={until} onChange={setUntil} /> : null}
      <TextArea label={t("releases.rationale")} value={rationale} onChange={setRationale} rows={2} />
      {error ? (
        <div role="alert" className="flex items-start gap-3 border-t border-line pt-3">
          <CircleSlash2 size={17} className="mt-0.5 shrink-0 text-bad" aria-hidden="true" />
          {error.kind === "refused" ? <RefusalBody refusal={error.detail} /> : <p>{t("error.title")}</p>}
        </div>
      ) : null}
    </FormDialog>
  );
}

function Told({ told, onClose }: { told: ReleaseDecided; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <DialogFrame
      title={told.release}
      onClose={onClose}
      actions={
        <Button look="primary" onPress={onClose}>
          {t("common.close")}
        </Button>
      }
    >
      <div className="flex flex-col gap-4" role="status">
        <p className="font-medium">{t("releases.decided", { keys: told.decided.join(", ") || t("releases.none") })}</p>
        {told.left.length > 0 ? (
          <section>
            <h3 className="mb-2 font-medium">{t("releases.left")}</h3>
            <ul className="flex flex-col gap-3">
              {told.left.map((left) => (
                <li key={left.change} className="flex items-start gap-3">
                  <Key id={left.change} className="shrink-0 text-ink-2" />
                  <RefusalBody refusal={left.refusal} />
                </li>
              ))}
            </ul>
          </section>
        ) : null}
      </div>
    </DialogFrame>
  );
}
