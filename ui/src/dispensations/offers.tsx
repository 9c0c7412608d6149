import { useTranslation } from "react-i18next";
import { useCommand } from "../commands/registry";
import { Section } from "../ds/layout";
import { Offer, Question, useActs, Why } from "./acts";

/** On the page of the risk: that another level counts instead. */
export function LevelOffer({ change }: { change: string }) {
  const { t } = useTranslation();
  const { acts, open, dialog } = useActs(change);
  const possible = acts?.level.choices.some((choice) => choice.refusal === null) ?? false;
  const offered = acts !== null && possible && acts.signers.length > 0;
  useCommand("change.override", offered ? () => open({ kind: "override" }) : null);
  if (!acts) return null;
  const { by_score, counts } = acts.level;
  const refused = acts.level.choices.find((choice) => choice.refusal !== null)?.refusal ?? null;
  const level = t(`level.${by_score}`);
  return (
    <Section title={t("dispensations.level")} className="mt-7">
      <p className="measure mb-2">
        {counts === by_score
          ? t("dispensations.levelNow", { level })
          : t("dispensations.levelCounts", { level, counts: t(`level.${counts}`) })}
      </p>
      {possible ? (
        <Offer
          about={t("dispensations.level")}
          signers={acts.signers}
          refusal={acts.refusal}
          onPress={() => open({ kind: "override" })}
        >
          {t("dispensations.override")}
        </Offer>
      ) : refused ? (
        <Why refusal={refused} />
      ) : null}
      {dialog}
    </Section>
  );
}

/** The question whose answer is a fact of the score: what is attested with “yes” raises a floor. */
const BUDGET = "error_budget";

/** On the page of the risk: whether the error budget of the service is spent, on a member's word (R85). */
export function BudgetOffer({ change }: { change: string }) {
  const { t } = useTranslation();
  const { acts, open, dialog } = useActs(change);
  const question = acts?.questions.find((one) => one.question === BUDGET);
  if (!acts || !question) return null;
  return (
    <Section title={t("dispensations.budget")} className="mt-7">
      <p className="measure mb-2 text-ink-2">{t("dispensations.budgetHint")}</p>
      <Question
        question={question}
        refusal={acts.attest_refusal}
        lapsed={t("dispensations.budgetLapsed")}
        onPress={() => open({ kind: "attest", question })}
      />
      {dialog}
    </Section>
  );
}

/** Beside a schedule: an exception from each hard freeze that the window touches. */
export function FreezeOffers({ change }: { change: string }) {
  const { t } = useTranslation();
  const { acts, open, dialog } = useActs(change);
  if (!acts || acts.freezes.length === 0) return null;
  return (
    <div className="flex flex-col items-start gap-2">
      {acts.freezes.map((freeze) =>
        freeze.refusal ? (
          <Why key={freeze.freeze} refusal={freeze.refusal} />
        ) : (
          <Offer
            key={freeze.freeze}
            about={freeze.name}
            signers={acts.signers}
            refusal={acts.refusal}
            onPress={() => open({ kind: "except", freeze })}
          >
            {t("dispensations.except", { name: freeze.name })}
          </Offer>
        ),
      )}
      {dialog}
    </div>
  );
}
