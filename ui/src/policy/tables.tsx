import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Section } from "../ds/layout";
import { Clause, Key, LevelMark } from "../ds/marks";
import type { ChangeUnder, ClauseTotals, PolicySimulation } from "../ipc/contract";

type LevelsUnder = NonNullable<PolicySimulation["levels"]>;

const HEAD = "py-1.5 pr-4 text-left font-normal";
const FIGURE = "num py-1.5 pr-4 text-right";

/** Gate by gate: how many changes each holds up now, and how many it would. */
export function ByClause({ clauses }: { clauses: ClauseTotals[] }) {
  const { t } = useTranslation();
  return (
    <table className="w-full border-collapse">
      <thead className="text-xs text-ink-2">
        <tr className="border-b border-line">
          <th scope="col" className={HEAD}>
            {t("policy.column.gate")}
          </th>
          <th scope="col" className={`${HEAD} text-right`}>
            {t("policy.column.now")}
          </th>
          <th scope="col" className={`${HEAD} text-right`}>
            {t("policy.column.after")}
          </th>
        </tr>
      </thead>
      <tbody>
        {clauses.map((totals) => (
          <tr key={`${totals.clause} ${totals.title}`} className="border-b border-line">
            <th scope="row" className={HEAD}>
              {totals.title} <Clause id={totals.clause} />
            </th>
            <td className={FIGURE}>{totals.now}</td>
            <td className={`${FIGURE} ${totals.then > totals.now ? "font-semibold" : ""}`}>{totals.then}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** What is read of a long list; the command line has all of it. */
const LISTED = 200;

/** The changes that would have fared differently. */
export function Differing({ changes }: { changes: ChangeUnder[] }) {
  const { t } = useTranslation();
  const more = changes.length - LISTED;
  return (
    <>
      <ul className="divide-y divide-line border-y border-line">
        {changes.slice(0, LISTED).map((change) => (
          <li key={change.change} className="py-2">
            <p className="flex items-baseline gap-2.5">
              <Link
                to="/changes/$change"
                params={{ change: change.change }}
                className="rounded-sm font-medium text-accent underline"
              >
                <Key id={change.change} />
              </Link>
              <span className="min-w-0 truncate">{change.title}</span>
            </p>
            <ul className="mt-0.5 flex flex-wrap gap-x-4 gap-y-0.5 text-ink-2">
              {change.newly.length > 0 ? (
                <li>
                  {t("policy.newly")} <Clauses ids={change.newly} />
                </li>
              ) : null}
              {change.no_longer.length > 0 ? (
                <li>
                  {t("policy.noLonger")} <Clauses ids={change.no_longer} />
                </li>
              ) : null}
              {change.approval_lost ? <li className="font-medium text-bad">{t("policy.approvalLost")}</li> : null}
            </ul>
          </li>
        ))}
      </ul>
      {more > 0 ? <p className="mt-2 text-ink-2">{t("common.more", { count: more })}</p> : null}
    </>
  );
}

/** Whose risk level would be another under another model, with the points. */
export function Levels({ found }: { found: LevelsUnder }) {
  const { t } = useTranslation();
  const more = found.moved.length - LISTED;
  return (
    <Section title={t("policy.levels", { inForce: found.now, proposed: found.then })}>
      <p className="measure text-ink-2">
        {t("policy.levelsOver", { count: found.assessed, rise: found.rise, fall: found.fall, stay: found.stay })}
      </p>
      {found.moved.length > 0 ? (
        <table className="mt-2 w-full border-collapse">
          <thead className="text-xs text-ink-2">
            <tr className="border-b border-line">
              <th scope="col" className={HEAD}>
                {t("policy.column.change")}
              </th>
              <th scope="col" className={HEAD}>
                {t("policy.levelNow")}
              </th>
              <th scope="col" className={HEAD}>
                {t("policy.levelThen")}
              </th>
            </tr>
          </thead>
          <tbody>
            {found.moved.slice(0, LISTED).map((one) => (
              <tr key={one.change} className="border-b border-line">
                <th scope="row" className={HEAD}>
                  <Link
                    to="/changes/$change"
                    params={{ change: one.change }}
                    className="rounded-sm font-medium text-accent underline"
                  >
                    <Key id={one.change} />
                  </Link>
                </th>
                <td className="py-1.5 pr-4">
                  <LevelMark level={one.level} />{" "}
                  <span className="num text-ink-2">{t("policy.scored", { score: one.score, of: found.of })}</span>
                </td>
                <td className="py-1.5 pr-4">
                  <LevelMark level={one.new_level} />{" "}
                  <span className="num text-ink-2">
                    {t("policy.scored", { score: one.new_score, of: found.new_of })}
                  </span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : null}
      {more > 0 ? <p className="mt-2 text-ink-2">{t("common.more", { count: more })}</p> : null}
      {found.unscored.map((why) => (
        <p key={why} className="mt-1 text-ink-2">
          {t("policy.notScored", { why })}
        </p>
      ))}
      {found.questions_gone.length > 0 ? (
        <p className="mt-1 text-ink-2">{t("policy.notAsked", { questions: found.questions_gone.join(", ") })}</p>
      ) : null}
      {found.floors_gone.map((floor) => (
        <p key={floor} className="mt-1 text-warn">
          {t("policy.floorGone", { floor })}
        </p>
      ))}
    </Section>
  );
}

function Clauses({ ids }: { ids: string[] }) {
  return ids.map((id) => (
    <span key={id}>
      {" "}
      <Clause id={id} />
    </span>
  ));
}
