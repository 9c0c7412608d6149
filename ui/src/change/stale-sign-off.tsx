import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../ds/button";
import { DialogFrame } from "../ds/dialog";
import { TextArea } from "../ds/fields";
import { SideBySide } from "../ds/side-by-side";
import type { RulingView, SignOff } from "../ipc/contract";
import { useAct } from "../ipc/queries";

/** What a sign-off was given for beside what the change says now, and the two ways on: giving it again, or ruling. */
export function StaleSignOff(props: { change: string; signOff: SignOff; look: number }) {
  const { t } = useTranslation();
  const { signOff, look } = props;
  const [ruling, setRuling] = useState(false);
  const panel = useRef<HTMLDivElement>(null);
  const sign = useAct("requestSigning");
  const edited = signOff.differences.some((difference) => difference.field !== "risk");
  useEffect(() => {
    if (look > 0) panel.current?.querySelector<HTMLElement>("[role=group]")?.focus();
  }, [look]);
  return (
    <div className="mt-3 flex flex-col gap-3" ref={panel}>
      <p className="text-ink-2">{t("change.changedSinceSigned")}</p>
      <SideBySide
        label={t("change.differenceOf", { name: signOff.signer })}
        differences={signOff.differences}
        notKept={signOff.not_kept}
      />
      <div className="flex flex-wrap gap-2">
        {signOff.reaffirmable ? (
          <Button
            look="primary"
            keys="f"
            isPending={sign.isPending}
            onPress={() => sign.mutate({ subject: { kind: "reaffirm", sign_off: signOff.id } })}
          >
            {t("change.reaffirm")}
          </Button>
        ) : null}
        {edited ? <Button onPress={() => setRuling(true)}>{t("change.rule")}</Button> : null}
      </div>
      {ruling ? <RuleImmaterial change={props.change} said={signOff.rulings} onClose={() => setRuling(false)} /> : null}
    </div>
  );
}

/** What was said of the edit: in force, or waiting for the other word. */
export function Rulings({ rulings }: { rulings: RulingView[] }) {
  const { t } = useTranslation();
  if (rulings.length === 0) return null;
  return (
    <ul className="mt-2 flex flex-col gap-1">
      {rulings.map((ruling) => (
        <li key={ruling.fields.join()} className={ruling.in_force ? "" : "text-ink-2"}>
          {t(ruling.in_force ? "change.ruled" : "change.ruledByOne", {
            fields: ruling.fields.join(", "),
            names: ruling.by.join(", "),
            reason: ruling.reason,
          })}
        </li>
      ))}
    </ul>
  );
}

/** One of the two words it takes. The sentence is made and signed in the signing window. */
function RuleImmaterial(props: { change: string; said: RulingView[]; onClose: () => void }) {
  const { t } = useTranslation();
  const first = props.said.find((ruling) => !ruling.in_force);
  const [reason, setReason] = useState(first?.reason ?? "");
  const sign = useAct("requestSigning", { onDone: props.onClose });
  return (
    <DialogFrame
      title={t("change.ruleTitle")}
      onClose={props.onClose}
      actions={
        <>
          <Button onPress={props.onClose}>{t("common.cancel")}</Button>
          <Button
            look="primary"
            isPending={sign.isPending}
            isDisabled={reason.trim() === ""}
            onPress={() => sign.mutate({ subject: { kind: "immaterial", change: props.change, reason } })}
          >
            {t("change.ruleSign")}
          </Button>
        </>
      }
    >
      <p className="measure mb-4">{t("change.ruleHint")}</p>
      {first ? <p className="measure mb-4">{t("change.ruleSecond", { names: first.by.join(", ") })}</p> : null}
      <TextArea label={t("change.ruleReason")} value={reason} onChange={setReason} autoFocus required />
    </DialogFrame>
  );
}
