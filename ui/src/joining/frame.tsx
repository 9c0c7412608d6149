import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

export const STEPS = ["file", "board", "pin", "words"] as const;
export type Step = (typeof STEPS)[number];

/** The page of one step on the way into a board: as First run's pages. */
export function JoinFrame(props: { step: Step; title: string; intro: string; children: ReactNode }) {
  const { t } = useTranslation();
  const at = STEPS.indexOf(props.step);
  return (
    <main className="scroll flex h-full flex-col items-center px-6 py-[8vh]">
      <div className="w-full max-w-[42rem]">
        <p className="text-ink-2">{t("firstRun.cabinet")}</p>
        <h1 className="mt-1 text-2xl font-semibold tracking-tight">{props.title}</h1>
        <p className="measure mt-1.5 text-base text-ink-2">{props.intro}</p>
        <ol className="mt-5 mb-8 grid grid-cols-4 gap-1.5" aria-label={t("join.steps")}>
          {STEPS.map((name, index) => (
            <li
              key={name}
              aria-current={index === at ? "step" : undefined}
              className={`border-t-2 pt-1.5 text-xs ${index <= at ? "border-accent text-ink" : "border-line text-ink-2"}`}
            >
              {t(`join.step.${name}`)}
            </li>
          ))}
        </ol>
        {props.children}
      </div>
    </main>
  );
}
