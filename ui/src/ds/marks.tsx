import {
  Ban,
  CalendarClock,
  CircleCheck,
  CircleDashed,
  CircleHelp,
  CircleMinus,
  CircleX,
  ClipboardCheck,
  Clock3,
  FileQuestion,
  FileWarning,
  ListChecks,
  type LucideIcon,
  MinusCircle,
  Octagon,
  OctagonX,
  PenLine,
  Repeat,
  SkipForward,
  TriangleAlert,
  Undo2,
  Zap,
} from "lucide-react";
import { useTranslation } from "react-i18next";
import type {
  ApprovalState,
  Attestation,
  ChangeKind,
  DecisionKind,
  GateResult,
  Provenance,
  RiskLevel,
  RiskSummary,
} from "../ipc/contract";

const LEVELS: RiskLevel[] = ["low", "medium", "high", "critical"];
const LEVEL_INK: Record<RiskLevel, string> = {
  low: "text-low",
  medium: "text-medium",
  high: "text-high",
  critical: "text-critical",
};

/** Four bars, as many filled as the level: readable without colour. */
export function LevelGlyph({ level, className = "" }: { level: RiskLevel; className?: string }) {
  const filled = LEVELS.indexOf(level) + 1;
  return (
    <svg viewBox="0 0 16 14" aria-hidden="true" className={`h-3.5 w-4 shrink-0 ${className}`}>
      {LEVELS.map((name, i) => (
        <rect
          key={name}
          x={i * 4 + 0.5}
          y={9.5 - i * 3}
          width={2.6}
          height={4 + i * 3}
          rx={0.6}
          fill={i < filled ? "currentColor" : "none"}
          stroke="currentColor"
          strokeWidth={0.9}
          opacity={i < filled ? 1 : 0.45}
        />
      ))}
    </svg>
  );
}

export function LevelMark({ level, className = "" }: { level: RiskLevel; className?: string }) {
  const { t } = useTranslation();
  return (
    <span className={`inline-flex items-center gap-1.5 font-medium ${LEVEL_INK[level]} ${className}`}>
      <LevelGlyph level={level} />
      {t(`level.${level}`)}
    </span>
  );
}

/** Risk in a row: word and score, or the honest range while questions are open. */
export function RiskMark({ risk, withOpen = false }: { risk: RiskSummary; withOpen?: boolean }) {
  const { t } = useTranslation();
  if (risk.level && risk.score !== null) {
    return (
      <span className="inline-flex items-center gap-1.5">
        <LevelMark level={risk.level} />
        <span className="num text-ink-2">{risk.score}</span>
      </span>
    );
  }
  return (
    <span className="num inline-flex items-center gap-1.5 text-ink-2">
      <CircleDashed size={14} className="shrink-0" />
      {withOpen
        ? t("risk.rangeOpen", { low: risk.low, high: risk.high, open: risk.open })
        : t("risk.range", { low: risk.low, high: risk.high })}
    </span>
  );
}

const DECISION: Record<DecisionKind, { icon: LucideIcon; ink: string }> = {
  approved: { icon: CircleCheck, ink: "text-good" },
  approved_with_conditions: { icon: ListChecks, ink: "text-good" },
  rejected: { icon: CircleX, ink: "text-bad" },
  deferred: { icon: CalendarClock, ink: "text-warn" },
  more_information: { icon: FileQuestion, ink: "text-warn" },
  withdrawn: { icon: Undo2, ink: "text-ink-2" },
  no_decision: { icon: SkipForward, ink: "text-ink-2" },
};

export function DecisionMark({
  decision,
  approval = "not_applicable",
  size = 15,
}: {
  decision: DecisionKind;
  approval?: ApprovalState;
  size?: number;
}) {
  const { t } = useTranslation();
  const { icon: Icon, ink } = DECISION[decision];
  return (
    <span className="inline-flex min-w-0 items-center gap-1.5">
      <span className={`inline-flex min-w-0 items-center gap-1.5 font-medium ${ink}`}>
        <Icon size={size} className="shrink-0" />
        <span className="truncate">{t(`decision.${decision}`)}</span>
      </span>
      {approval === "awaiting_sign_off" ? (
        <span className="inline-flex items-center gap-1 text-xs text-ink-2" title={t("approval.awaiting_sign_off")}>
          <PenLine size={13} className="shrink-0" />
          <span className="truncate">{t("approval.awaiting_short")}</span>
        </span>
      ) : null}
      {approval === "stale" ? (
        <span className="inline-flex items-center gap-1 text-xs font-medium text-bad">
          <FileWarning size={13} className="shrink-0" />
          {t("approval.stale")}
        </span>
      ) : null}
    </span>
  );
}

const KIND: Record<ChangeKind, LucideIcon> = { standard: Repeat, normal: ClipboardCheck, emergency: Zap };

export function KindMark({ kind }: { kind: ChangeKind }) {
  const { t } = useTranslation();
  const Icon = KIND[kind];
  return (
    <span
      className={`inline-flex items-center gap-1.5 ${kind === "emergency" ? "font-medium text-bad" : "text-ink-2"}`}
    >
      <Icon size={14} className="shrink-0" />
      {t(`kind.${kind}`)}
    </span>
  );
}

const GATE: Record<GateResult, { icon: LucideIcon; ink: string }> = {
  passed: { icon: CircleCheck, ink: "text-good" },
  failed: { icon: CircleX, ink: "text-bad" },
  waived: { icon: CircleMinus, ink: "text-warn" },
  warned: { icon: TriangleAlert, ink: "text-warn" },
  not_applicable: { icon: MinusCircle, ink: "text-ink-3" },
  no_evidence: { icon: CircleHelp, ink: "text-warn" },
};

export function GateMark({ result, hard = false }: { result: GateResult; hard?: boolean }) {
  const { t } = useTranslation();
  const blocks = hard && (result === "failed" || result === "no_evidence");
  const Icon = blocks ? OctagonX : GATE[result].icon;
  return (
    <span
      className={`inline-flex items-center gap-1.5 self-start font-medium ${blocks ? "text-bad" : GATE[result].ink}`}
    >
      <Icon size={15} className="shrink-0" />
      {blocks ? t("gate.blocks") : t(`gate.${result}`)}
    </span>
  );
}

/** Failed gates of a row: blocking first, since they decide. */
export function GateCount({ failed, blocking }: { failed: number; blocking: number }) {
  const { t } = useTranslation();
  if (blocking > 0)
    return (
      <span className="num inline-flex items-center gap-1.5 font-medium text-bad">
        <OctagonX size={14} className="shrink-0" />
        {t("gate.blocking", { count: blocking })}
      </span>
    );
  if (failed > 0)
    return (
      <span className="num inline-flex items-center gap-1.5 text-warn">
        <TriangleAlert size={14} className="shrink-0" />
        {t("gate.failedCount", { count: failed })}
      </span>
    );
  return <span className="text-ink-3">{t("gate.clear")}</span>;
}

const PROVENANCE: Record<Provenance, LucideIcon> = { synced: Repeat, attested: PenLine, assumed: CircleHelp };

export function ProvenanceMark({ provenance }: { provenance: Provenance }) {
  const { t } = useTranslation();
  const Icon = PROVENANCE[provenance];
  return (
    <span className="inline-flex items-center gap-1 text-xs text-ink-2">
      <Icon size={12} className="shrink-0" />
      {t(`provenance.${provenance}`)}
    </span>
  );
}

export function AttestationMark({ level }: { level: Attestation }) {
  const { t } = useTranslation();
  return (
    <span className="inline-flex items-center gap-1 text-xs text-ink-2" title={t(`attestation.${level}_long`)}>
      {level === "signed" || level === "confirmed" ? <PenLine size={12} /> : <Octagon size={11} />}
      {t(`attestation.${level}`)}
    </span>
  );
}

/** `CHG-4100`: tabular digits, but the hyphen keeps its own width. */
export function Key({ id, className = "" }: { id: string; className?: string }) {
  const cut = id.lastIndexOf("-") + 1;
  return (
    <span className={`whitespace-nowrap ${className}`}>
      {id.slice(0, cut)}
      <span className="num">{id.slice(cut)}</span>
    </span>
  );
}

export function Clause({ id }: { id: string }) {
  const { t } = useTranslation();
  return (
    <span
      className="num rounded-sm border border-line px-1 text-xs font-normal whitespace-nowrap text-ink-2"
      title={t("gate.clauseTitle", { id })}
    >
      {id}
    </span>
  );
}

export { Ban, Clock3 };
