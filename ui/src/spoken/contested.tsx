import { CircleX } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { SpokenRow } from "../ipc/contract";

/** Heads the agenda: what members say was recorded wrongly. */
export function Contested({ acts }: { acts: SpokenRow[] }) {
  const { t } = useTranslation();
  if (acts.length === 0) return null;
  return (
    <section
      aria-label={t("spoken.agenda")}
      data-region="contested"
      tabIndex={0}
      className="scroll max-h-[40%] shrink-0 border-b border-line bg-warn-soft px-6 py-3 outline-none"
    >
      <h2 className="font-semibold">{t("spoken.agenda")}</h2>
      <p className="text-ink-2">{t("spoken.agendaHint")}</p>
      <ul className="mt-2 flex flex-col gap-1.5">
        {acts.map((act) => (
          <li key={`${act.act} ${act.member.id}`} className="flex items-start gap-2.5">
            <CircleX size={15} className="mt-0.5 shrink-0 text-bad" aria-hidden="true" />
            <span className="measure">
              <span className="font-medium">{t("spoken.says", { name: act.member.name, what: act.what })}</span>
              {act.item ? ` · ${act.item}` : ""}
              <span className="text-ink-2">
                {" "}
                ({act.meeting}, {t("spoken.onWord", { name: act.recorder })})
              </span>
              <span className="block">{t("spoken.instead", { reason: act.reason ?? "" })}</span>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
