import { useTranslation } from "react-i18next";
import type { RiskLevel, RiskSummary } from "../ipc/contract";

const BANDS: { level: RiskLevel; from: number; to: number; fill: string }[] = [
  { level: "low", from: 0, to: 25, fill: "bg-low" },
  { level: "medium", from: 25, to: 50, fill: "bg-medium" },
  { level: "high", from: 50, to: 75, fill: "bg-high" },
  { level: "critical", from: 75, to: 100, fill: "bg-critical" },
];

/** 0 to 100 with the four levels; a point when the score is known, a span while questions are open. */
export function Scale({ summary }: { summary: RiskSummary }) {
  const { t } = useTranslation();
  const low = summary.score ?? summary.low;
  const high = summary.score ?? summary.high;
  const point = low === high;
  return (
    <div className="mt-3" role="img" aria-label={t("risk.scaleLabel", { low, high })}>
      <div className="relative h-6">
        {point ? (
          <span
            className="num absolute -translate-x-1/2 rounded-sm bg-ink px-1.5 text-xs leading-5 font-semibold text-canvas"
            style={{ left: `clamp(0.8rem, ${low}%, calc(100% - 0.8rem))` }}
          >
            {low}
          </span>
        ) : (
          <span
            className="absolute bottom-1 h-2.5 border-x-2 border-t-2 border-ink"
            style={{ left: `${low}%`, width: `${Math.max(1, high - low)}%` }}
          >
            <span className="num absolute -top-2 left-1/2 -translate-x-1/2 bg-canvas px-1 text-xs leading-4 font-semibold whitespace-nowrap">
              {low}–{high}
            </span>
          </span>
        )}
      </div>
      <div className="flex gap-0.5">
        {BANDS.map((band) => {
          const touched = band.from <= high && (band.to > low || (band.to === 100 && low === 100));
          return (
            <div key={band.level} className="grow basis-0">
              <div className={`h-1.5 rounded-[1px] ${band.fill} ${touched ? "" : "opacity-25"}`} />
              <p className={`mt-1 text-xs ${touched ? "font-medium text-ink" : "text-ink-2"}`}>
                {t(`level.${band.level}`)}
              </p>
            </div>
          );
        })}
      </div>
    </div>
  );
}
