import { useTranslation } from "react-i18next";
import { Facts, Section } from "../ds/layout";
import type { PolicySimulation } from "../ipc/contract";
import { ByClause, Differing, Levels } from "./tables";

/** Which past changes would have fared differently: in figures, gate by gate, and one by one. */
export function Simulated({ found }: { found: PolicySimulation }) {
  const { t } = useTranslation();
  const figures: [string, number][] = [
    [t("policy.blockedNow"), found.blocked_now],
    [t("policy.blockedThen"), found.blocked_then],
    [t("policy.newlyBlocked"), found.newly_blocked],
    [t("policy.released"), found.released],
    [t("policy.approvalsLost"), found.approvals_lost],
  ];
  return (
    <>
      <Section title={t("policy.simulated", { count: found.changes, policy: found.then })}>
        <Facts
          facts={figures.map(([label, figure]) => [
            label,
            <span key={label} className="num">
              {figure}
            </span>,
          ])}
        />
      </Section>
      {found.levels ? <Levels found={found.levels} /> : null}
      {found.clauses.length > 0 ? (
        <Section title={t("policy.byGate")}>
          <ByClause clauses={found.clauses} />
        </Section>
      ) : null}
      <Section title={t("policy.differing", { count: found.differing.length })}>
        {found.differing.length === 0 ? (
          <p className="text-ink-2">{t("policy.noneDiffers")}</p>
        ) : (
          <Differing changes={found.differing} />
        )}
      </Section>
    </>
  );
}
