import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Clause, GateMark } from "../ds/marks";
import type { Decision, Gate } from "../ipc/contract";
import { grouped, isUnmet } from "./gate-groups";

/** "A valid decision": until there is one, the page says so itself, and the gate would only repeat it. */
const DECISION = "R30";

/** The gates worth reading: those of the decision only once there is one. */
export function gatesOf(change: { gates: Gate[]; decision: Decision | null }): Gate[] {
  return change.gates.filter((gate) => gate.clause !== DECISION || change.decision !== null);
}

/** A gate: what would satisfy it first, then its clause, what was looked at, why it says so, and what it serves. */
export function GateLine({ gate, current = false, act }: { gate: Gate; current?: boolean; act?: ReactNode }) {
  const { t } = useTranslation();
  return (
    <li
      aria-current={current ? "true" : undefined}
      className={`border-l-2 py-2.5 pr-2 pl-3 ${current ? "border-l-accent bg-accent-soft" : "border-l-transparent"}`}
    >
      <p className="flex flex-wrap items-baseline gap-x-2.5 gap-y-0.5">
        <GateMark result={gate.result} hard={gate.hard || gate.blocks} />
        <span className="font-medium">{gate.label}</span> <Clause id={gate.clause} />
      </p>
      {gate.remedy && isUnmet(gate) ? <p className="measure mt-1 font-medium">{gate.remedy}</p> : null}
      <p className="measure mt-0.5 break-words text-ink-2">{gate.finding}</p>
      {gate.control ? (
        <p className="measure mt-0.5 text-xs text-ink-2">{t("gate.control", { control: gate.control })}</p>
      ) : null}
      {act}
    </li>
  );
}

/** All of a change's gates at a glance: what blocks first, and what passes folded. */
export function GateList(props: { gates: Gate[]; onlyFailing?: boolean; act?: (gate: Gate) => ReactNode }) {
  const { gates, onlyFailing = false, act } = props;
  const { t } = useTranslation();
  const groups = grouped(gates);
  const open = groups.filter(({ group }) => group !== "passed" && group !== "not_applicable");
  const folded = onlyFailing ? [] : groups.filter((one) => !open.includes(one));
  return (
    <div className="flex flex-col gap-4">
      {open.length === 0 ? <p className="text-ink-2">{t("change.allGatesPass", { count: gates.length })}</p> : null}
      {open.map(({ group, gates: of }) => (
        <div key={group}>
          <h3 className="eyebrow mb-1">{t(`gateGroup.${group}`, { count: of.length })}</h3>
          <ul className="divide-y divide-line border-y border-line">
            {of.map((gate) => (
              <GateLine key={gate.id} gate={gate} act={act?.(gate)} />
            ))}
          </ul>
        </div>
      ))}
      {folded.map(({ group, gates: of }) => (
        <details key={group}>
          <summary className="cursor-default rounded-sm text-ink-2 hover:text-ink">
            {t(`gateGroup.${group}`, { count: of.length })}
          </summary>
          <ul className="mt-1 divide-y divide-line border-y border-line">
            {of.map((gate) => (
              <GateLine key={gate.id} gate={gate} act={act?.(gate)} />
            ))}
          </ul>
        </details>
      ))}
    </div>
  );
}
