import { useTranslation } from "react-i18next";
import { Clause, GateMark } from "../ds/marks";
import type { Decision, Gate, GateResult } from "../ipc/contract";

const ORDER: GateResult[] = ["failed", "no_evidence", "warned", "waived", "passed", "not_applicable"];

/** "A valid decision": until there is one, the page says so itself, and the gate would only repeat it. */
const DECISION = "R30";

/** The gates worth reading: those of the decision only once there is one. */
export function gatesOf(change: { gates: Gate[]; decision: Decision | null }): Gate[] {
  return change.gates.filter((gate) => gate.clause !== DECISION || change.decision !== null);
}

function weight(gate: Gate): number {
  const blocks = gate.hard && (gate.result === "failed" || gate.result === "no_evidence");
  return blocks ? -1 : ORDER.indexOf(gate.result);
}

/** What blocks first; each line says the clause, what was found, and what would satisfy it. */
export function GateList({ gates, onlyFailing = false }: { gates: Gate[]; onlyFailing?: boolean }) {
  const { t } = useTranslation();
  const shown = gates
    .filter((gate) => !onlyFailing || !["passed", "not_applicable"].includes(gate.result))
    .sort((a, b) => weight(a) - weight(b));
  if (shown.length === 0) return <p className="text-ink-2">{t("change.allGatesPass", { count: gates.length })}</p>;
  return (
    <ul className="divide-y divide-line border-y border-line">
      {shown.map((gate) => (
        <li key={gate.id} className="grid grid-cols-[8rem_1fr] gap-4 py-2.5">
          <GateMark result={gate.result} hard={gate.hard} />
          <div className="min-w-0">
            <p className="flex items-baseline gap-2">
              <span className="font-medium">{gate.label}</span> <Clause id={gate.clause} />
            </p>
            <p className="measure text-ink-2">{gate.finding}</p>
            {gate.remedy && gate.result !== "passed" ? <p className="measure mt-0.5">{gate.remedy}</p> : null}
          </div>
        </li>
      ))}
    </ul>
  );
}
