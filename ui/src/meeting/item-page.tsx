import { useTranslation } from "react-i18next";
import { ConditionList } from "../change/conditions";
import { GateList, gatesOf } from "../change/gates";
import { SinceLastLooked } from "../change/overview";
import { SignOffSlots } from "../change/sign-off-slots";
import { Facts, Section } from "../ds/layout";
import { Clause, DecisionMark, Key, KindMark, LevelMark, ProvenanceMark, RiskMark } from "../ds/marks";
import { BlockText } from "../ds/text";
import { windowText } from "../ds/time";
import type { ConsoleItem } from "../ipc/contract";
import { Scale } from "../risk/scale";

const HEAVIEST = 3;

/** What the board looks at: why it is here, what fails, the score and its arithmetic, what changed, who must sign. */
export function ItemPage({ item }: { item: ConsoleItem }) {
  const { t } = useTranslation();
  const { change } = item;
  const heaviest = [...change.risk.waterfall].sort((a, b) => b.points - a.points).slice(0, HEAVIEST);
  const floors = change.risk.floors.filter((floor) => floor.applies);
  const missing = change.plan.filter((section) => section.completeness !== "complete");
  return (
    <div tabIndex={0} data-region-focus className="scroll min-h-0 grow scroll-pb-10 px-8 py-6 outline-none">
      <div className="mx-auto flex max-w-[46rem] flex-col gap-7">
        <header>
          <p className="flex flex-wrap items-center gap-x-4 text-ink-2">
            <Key id={change.row.key} className="font-medium" />
            <KindMark kind={change.row.kind} />
            <span>{item.reason}</span>
          </p>
          <h2 className="mt-1 text-2xl font-semibold tracking-tight">{change.row.title}</h2>
          <p className="mt-1.5 text-base text-ink-2">
            <span className="num">{change.row.window ? windowText(change.row.window) : t("changes.noWindow")}</span>
            {change.row.systems ? ` · ${change.row.systems}` : ""}
          </p>
        </header>

        {item.decision ? (
          <section className="border-l-2 border-accent py-0.5 pl-4" aria-label={t("meeting.decidedAs")}>
            <p className="text-base">
              <DecisionMark decision={item.decision.kind} approval={item.decision.approval} size={17} />
            </p>
            <p className="mt-1 text-ink-2">{t(`basis.${item.decision.basis}`)}</p>
            {item.decision.rationale ? <p className="measure mt-1">{item.decision.rationale}</p> : null}
            {change.conditions.length > 0 ? (
              <div className="mt-3">
                <ConditionList conditions={change.conditions} />
              </div>
            ) : null}
          </section>
        ) : null}

        {change.since_last_looked.length > 0 && change.last_looked_at ? (
          <SinceLastLooked at={change.last_looked_at} differences={change.since_last_looked} />
        ) : null}

        <div className="grid grid-cols-2 gap-8 max-xl:grid-cols-1">
          <Section title={t("change.risk")}>
            <p className="text-base">
              <RiskMark risk={change.row.risk} withOpen />
            </p>
            <Scale summary={change.row.risk} of={change.risk.of} bounds={change.risk.bounds} />
            <ul className="mt-3 flex flex-col gap-1">
              {heaviest.map((step) => (
                <li key={step.question} className="flex items-baseline gap-2">
                  <span className="num w-7 shrink-0 text-ink-2">{step.question}</span>
                  <span className="min-w-0 grow">{step.answer ?? t("risk.openUpTo", { most: step.most })}</span>
                  {step.provenance ? <ProvenanceMark provenance={step.provenance} /> : null}
                  <span className="num w-8 shrink-0 text-right">+{step.points}</span>
                </li>
              ))}
            </ul>
            {floors.map((floor) => (
              <p key={floor.label} className="mt-2 flex items-baseline gap-2">
                <span className="grow">
                  {floor.label} {floor.clause ? <Clause id={floor.clause} /> : null}
                </span>
                <span className="inline-flex items-center gap-1.5 whitespace-nowrap">
                  {t("risk.atLeast")} <LevelMark level={floor.level} />
                </span>
              </p>
            ))}
          </Section>
          <div className="flex flex-col gap-6">
            <Section title={t("change.signOffs")}>
              <SignOffSlots slots={change.required_sign_offs} signOffs={change.sign_offs} />
            </Section>
            <Section title={t("change.people")}>
              <Facts
                narrow
                facts={[
                  [t("change.author"), change.row.author ?? t("change.missing")],
                  [t("change.requester"), change.requester ?? t("change.missing")],
                  [t("change.implementer"), change.implementer ?? t("change.missing")],
                ]}
              />
            </Section>
          </div>
        </div>

        <Section title={t("change.gates")}>
          <GateList gates={gatesOf(change)} onlyFailing />
        </Section>

        <Section
          title={t("change.plan")}
          aside={t("plan.ticked", { done: change.row.plan_ticked, total: change.row.plan_total })}
        >
          {missing.length > 0 ? (
            <p>{missing.map((section) => `${section.title} (${t(`plan.${section.completeness}`)})`).join(", ")}</p>
          ) : (
            <p className="text-ink-2">{t("meeting.planComplete")}</p>
          )}
        </Section>

        <Section title={t("change.description")}>
          <BlockText blocks={change.description} />
        </Section>
      </div>
    </div>
  );
}
