import { Hourglass, TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Key } from "../ds/marks";
import type { BreachRow, ChaseRow } from "../ipc/contract";
import { useView } from "../ipc/queries";

/** How many breaches the window lists; the command line lists all. */
const LISTED = 10;

/** Who owes an answer, above the meetings, and who answered late: nothing where nobody does or did. */
export function Chase() {
  const { t } = useTranslation();
  const view = useView("chase");
  if (!view.data || (view.data.rows.length === 0 && view.data.breaches.length === 0)) return null;
  return (
    <section
      aria-label={t("chase.title")}
      data-region="chase"
      tabIndex={0}
      className="scroll max-h-[40%] shrink-0 border-b border-line px-6 py-3 outline-none"
    >
      <h2 className="font-semibold">{t("chase.title")}</h2>
      <p className="text-ink-2">{t("chase.hint", { hours: view.data.answer_hours })}</p>
      <ul className="mt-2 flex flex-col gap-2.5">
        {view.data.rows.map((row) => (
          <Row key={`${row.change} ${row.member} ${row.what}`} row={row} />
        ))}
      </ul>
      <Breaches rows={view.data.breaches} />
    </section>
  );
}

/** The log of what was answered late, or what the board stopped waiting for. */
function Breaches({ rows }: { rows: BreachRow[] }) {
  const { t } = useTranslation();
  if (rows.length === 0) return null;
  return (
    <details className="mt-2">
      <summary className="text-ink-2">{t("chase.breaches", { number: rows.length })}</summary>
      <ul className="mt-1 flex flex-col gap-1">
        {rows.slice(0, LISTED).map((row) => (
          <li key={`${row.change} ${row.what} ${row.asked_at}`} className="measure select-text">
            {row.text}
          </li>
        ))}
      </ul>
      {rows.length > LISTED ? (
        <p className="text-xs text-ink-2">{t("chase.earlier", { number: rows.length - LISTED })}</p>
      ) : null}
    </details>
  );
}

function Row({ row }: { row: ChaseRow }) {
  const { t } = useTranslation();
  const Icon = row.breached ? TriangleAlert : Hourglass;
  const hours = hoursAndMinutes(Math.abs(row.left_minutes));
  return (
    <li className="flex items-start gap-2.5">
      <Icon size={15} className={`mt-0.5 shrink-0 ${row.breached ? "text-warn" : "text-ink-2"}`} aria-hidden="true" />
      <div className="min-w-0">
        <p className="flex flex-wrap items-baseline gap-x-2">
          <span className="font-medium">{row.name}</span>
          <Key id={row.change} className="shrink-0 text-ink-2" />
          <span>{row.what}</span>
          <span className={`num ${row.breached ? "text-warn" : "text-ink-2"}`}>
            {row.breached ? t("chase.late", { hours }) : t("chase.left", { hours })} · {t(`chase.rung.${row.rung}`)}
          </span>
        </p>
        <p className="measure select-text">{row.text}</p>
        <p className="text-xs text-ink-2">{t("chase.to", { names: row.to.join(", ") })}</p>
      </div>
    </li>
  );
}

/** `12:05`. */
function hoursAndMinutes(minutes: number): string {
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}`;
}
