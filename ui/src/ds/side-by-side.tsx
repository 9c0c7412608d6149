import { useTranslation } from "react-i18next";
import type { Difference, DiffRow } from "../ipc/contract";

/**
 * What was signed on the left, what stands there now on the right; one under the other where there is little room.
 * Each side has a sign and a word, so that colour is not needed.
 */
export function SideBySide(props: {
  label: string;
  differences: Difference[];
  notKept: string[];
  /** What the sides are; unsaid, what was signed and what is there now. */
  before?: string;
  after?: string;
}) {
  const { t } = useTranslation();
  return (
    <div role="group" aria-label={props.label} tabIndex={0} className="@container flex flex-col gap-4 rounded-md">
      {props.differences.map((difference) => (
        <div key={difference.field}>
          <p className="mb-1 font-medium">{difference.label}</p>
          <div className="overflow-hidden rounded-md border border-line bg-paper text-sm">
            <div aria-hidden="true" className="hidden grid-cols-2 border-b border-line text-xs text-ink-2 @lg:grid">
              <p className="px-2 py-1">{props.before ?? t("diff.signed")}</p>
              <p className="border-l border-line px-2 py-1">{props.after ?? t("diff.now")}</p>
            </div>
            <ol>
              {difference.rows.map((row, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: lines of a difference have no identity but their place
                <Row key={index} row={row} />
              ))}
            </ol>
          </div>
        </div>
      ))}
      {props.notKept.length > 0 ? (
        <p className="text-ink-2">{t("diff.notKept", { fields: props.notKept.join(", ") })}</p>
      ) : null}
    </div>
  );
}

const PLACE = "min-w-0 gap-2 px-2 py-1";

function Row({ row }: { row: DiffRow }) {
  const { t } = useTranslation();
  const out = row.kind === "changed" || row.kind === "removed";
  const came = row.kind === "changed" || row.kind === "added";
  return (
    <li className="grid grid-cols-1 @lg:grid-cols-2">
      {row.kind === "added" ? (
        <span aria-hidden="true" className={`${PLACE} hidden bg-sunken @lg:block`} />
      ) : (
        <div className={`${PLACE} flex ${out ? "bg-removed-soft" : ""}`}>
          <Sign of={out ? "−" : ""} />
          {out ? <span className="sr-only">{t("diff.removed")}</span> : null}
          <span className={`min-w-0 break-words ${out ? "line-through decoration-ink-3" : ""}`}>{row.before}</span>
        </div>
      )}
      {came ? (
        <div className={`${PLACE} flex border-line bg-added-soft @lg:border-l`}>
          <Sign of="+" />
          <span className="sr-only">{t("diff.added")}</span>
          <span className="min-w-0 break-words">{row.after}</span>
        </div>
      ) : (
        // What is the same is read once; where a line is gone the other side stays empty.
        <div aria-hidden="true" className={`${PLACE} hidden border-l border-line @lg:flex ${out ? "bg-sunken" : ""}`}>
          <Sign of="" />
          <span className="min-w-0 break-words">{row.after}</span>
        </div>
      )}
    </li>
  );
}

function Sign({ of }: { of: string }) {
  return (
    <span aria-hidden="true" className="num w-3 shrink-0 text-center text-ink-2">
      {of}
    </span>
  );
}
