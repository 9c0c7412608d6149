import { Siren } from "lucide-react";
import { useTranslation } from "react-i18next";

/** Heads the agenda: what is overdue and has no ticket that could be an item. */
export function Overdue({ lines }: { lines: string[] }) {
  const { t } = useTranslation();
  if (lines.length === 0) return null;
  return (
    <section
      aria-label={t("agenda.overdue")}
      data-region="overdue"
      tabIndex={0}
      className="scroll max-h-[30%] shrink-0 border-b border-line bg-bad-soft px-6 py-3 outline-none"
    >
      <h2 className="font-semibold">{t("agenda.overdue")}</h2>
      <p className="text-ink-2">{t("agenda.overdueHint")}</p>
      <ul className="mt-2 flex flex-col gap-1.5">
        {lines.map((line) => (
          <li key={line} className="flex items-start gap-2.5">
            <Siren size={15} className="mt-0.5 shrink-0 text-bad" aria-hidden="true" />
            <span className="measure">{line}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
