import { CalendarClock, CircleCheck, Undo2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useCommand } from "../commands/registry";
import { Button } from "../ds/button";
import { DialogFrame } from "../ds/dialog";
import { TextField } from "../ds/fields";
import { Failed, Section } from "../ds/layout";
import { RefusalBody } from "../ds/refusal";
import { moment } from "../ds/time";
import type { DelegationRow, DelegationState } from "../ipc/contract";
import { useAct, useView } from "../ipc/queries";
import { Delegate } from "./delegate";

const STATE: Record<DelegationState, { icon: typeof Undo2; ink: string }> = {
  in_force: { icon: CircleCheck, ink: "text-good" },
  ahead: { icon: CalendarClock, ink: "text-accent" },
  over: { icon: CircleCheck, ink: "text-ink-2" },
  taken_back: { icon: Undo2, ink: "text-ink-2" },
};

/** Who sits in whose seat, then and now; one's own is delegated and taken back here, with the PIN. */
export function Delegations() {
  const { t } = useTranslation();
  const { data: view, error, refetch } = useView("delegations");
  const [delegating, setDelegating] = useState(false);
  const [ending, setEnding] = useState<DelegationRow | null>(null);
  const can = view !== undefined && view.refusal === null;
  useCommand("record.delegate", can ? () => setDelegating(true) : null);
  if (error) return <Failed thrown={error} onRetry={() => refetch()} />;
  if (!view) return null;
  return (
    <Section title={t("delegation.title")}>
      <p className="measure text-ink-2">{t("delegation.hint")}</p>
      {view.delegations.length === 0 ? <p className="mt-2">{t("delegation.none")}</p> : null}
      <ul className="mt-2">
        {view.delegations.map((row) => (
          <Row key={row.entry} row={row} onEnd={() => setEnding(row)} />
        ))}
      </ul>
      <div className="mt-4">
        {view.refusal ? (
          <RefusalBody refusal={view.refusal} />
        ) : (
          <Button keys="d" onPress={() => setDelegating(true)}>
            {t("delegation.delegate")}
          </Button>
        )}
      </div>
      {delegating ? <Delegate view={view} onClose={() => setDelegating(false)} /> : null}
      {ending ? <End row={ending} onClose={() => setEnding(null)} /> : null}
    </Section>
  );
}

function Row({ row, onEnd }: { row: DelegationRow; onEnd: () => void }) {
  const { t } = useTranslation();
  const { icon: Icon, ink } = STATE[row.state];
  const about = [
    t("delegation.span", { from: moment(row.from), until: moment(row.until) }),
    row.meeting === null ? t("delegation.each") : t("delegation.only", { meeting: row.meeting }),
    row.reason,
  ];
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-0.5 border-t border-line py-1.5">
      <Icon size={14} className={`shrink-0 ${ink}`} aria-hidden="true" />
      <div className="min-w-64 grow basis-0">
        <p>{t("delegation.row", { to: row.to, seat: row.seat })}</p>
        <p className="num text-xs text-ink-2">{about.filter((part) => part !== "").join(" · ")}</p>
      </div>
      <span className={ink}>{t(`delegation.state.${row.state}`)}</span>
      {row.can_end ? (
        <Button look="quiet" onPress={onEnd}>
          <span>
            <span className="sr-only">{row.to}: </span>
            {t("delegation.end")}
          </span>
        </Button>
      ) : null}
    </li>
  );
}

/** One's own seat is taken back; signed in the signing window, with the PIN. */
function End({ row, onClose }: { row: DelegationRow; onClose: () => void }) {
  const { t } = useTranslation();
  const [reason, setReason] = useState("");
  const sign = useAct("requestSigning", { onDone: onClose });
  const submit = () =>
    sign.mutate({ subject: { kind: "end_delegation", delegation: row.entry, reason: reason.trim() } });
  return (
    <DialogFrame
      title={t("delegation.endTitle", { name: row.to })}
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{t("common.cancel")}</Button>
          <Button look="primary" isPending={sign.isPending} onPress={submit}>
            {t("delegation.sign")}
          </Button>
        </>
      }
    >
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <p>{t("delegation.endHint", { name: row.to })}</p>
        <TextField
          label={t("delegation.reason")}
          value={reason}
          onChange={setReason}
          hint={t("delegation.reasonHint")}
          autoFocus
        />
        <button type="submit" hidden />
      </form>
    </DialogFrame>
  );
}
