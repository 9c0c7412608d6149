import { useTranslation } from "react-i18next";
import type { RiskLevel, RiskSummary } from "../ipc/contract";

const FILLS: { level: RiskLevel; fill: string }[] = [
  { level: "low", fill: "bg-low" },
  { level: "medium", fill: "bg-medium" },
  { level: "high", fill: "bg-high" },
  { level: "critical", fill: "bg-critical" },
];

/** 0 to the model's most with the four levels; a point when the score is known, a span while questions are open. */
export function Scale(props: { summary: RiskSummary; of: number; bounds: number[] }) {
  const { t } = useTranslation();
  const { summary, of, bounds } = props;
  const low = summary.score ?? summary.low;
  const high = summary.score ?? summary.high;
  const point = low === high;
  const share = (points: number) => (points * 100) / of;
  const bands = FILLS.map((band, index) => ({
    ...band,
    from: index === 0 ? 0 : (bounds[index - 1] ?? of),
    to: bounds[index] ?? of,
  }));
  return (
    <div className="mt-3" role="img" aria-label={t("risk.scaleLabel", { low, high, of })}>
      <div className="relative h-6">
        {point ? (
          <span
            className="num absolute -translate-x-1/2 rounded-sm bg-ink px-1.5 text-xs leading-5 font-semibold text-canvas"
            style={{ left: `clamp(0.8rem, ${share(low)}%, calc(100% - 0.8rem))` }}
          >
            {low}
          </span>
        ) : (
          <span
            className="absolute bottom-1 h-2.5 border-x-2 border-t-2 border-ink"
            style={{ left: `${share(low)}%`, width: `${Math.max(1, share(high - low))}%` }}
          >
            <span className="num absolute -top-2 left-1/2 -translate-x-1/2 bg-canvas px-1 text-xs leading-4 font-semibold whitespace-nowrap">
              {low}–{high}
            </span>
          </span>
        )}
      </div>
      <div className="flex gap-0.5">
        {bands.map((band) => {
          const touched = band.from <= high && (band.to > low || (band.to === of && low === of));
          return (
            <div key={band.level} className="basis-0" style={{ flexGrow: band.to - band.from }}>
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
