import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useCommand } from "../commands/registry";
import { Button } from "../ds/button";
import { EmptyState, Facts, Failed, Reading, Section } from "../ds/layout";
import { DecisionMark, GateCount, Key, LevelMark, RiskMark } from "../ds/marks";
import { moment, windowText } from "../ds/time";
import type { ReleaseQuestion, ReleaseRow, ReleaseView } from "../ipc/contract";
import { useView } from "../ipc/queries";
import { Assess } from "./assess";

/** The releases that the tickets name, and of one: its changes, its risk, and what its plan lacks. */
export function Releases() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { release: wanted } = useSearch({ from: "/shell/releases" });
  const view = useView("releases");
  const releases = view.data?.releases ?? [];
  const found = releases.findIndex((one) => one.name === wanted);
  const at = Math.max(0, found);
  const current = releases[at];
  const pick = (index: number) => {
    const next = releases[Math.max(0, Math.min(releases.length - 1, index))];
    if (next) void navigate({ to: "/releases", search: { release: next.name } });
  };
  useCommand("releases.next", () => pick(at + 1));
  useCommand("releases.previous", () => pick(at - 1));

  if (view.error) return <Failed thrown={view.error} onRetry={() => view.refetch()} />;
  if (!view.data) return <Reading />;
  if (!current)
    return (
      <EmptyState whole title={t("releases.empty")}>
        {t("releases.emptyHint")}
      </EmptyState>
    );
  return (
    <div className="flex h-full flex-col">
      <header className="flex h-12 shrink-0 items-center gap-4 border-b border-line px-6">
        <h1 className="font-semibold">{t("releases.title")}</h1>
        {view.data.more ? <p className="text-ink-2">{t("releases.more")}</p> : null}
      </header>
      <div className="flex min-h-0 grow">
        <section
          data-region="list"
          aria-label={t("releases.list")}
          className="flex w-[22rem] max-w-[36vw] shrink-0 flex-col border-r border-line"
        >
          <ul className="scroll min-h-0 grow">
            {releases.map((one, index) => (
              <Row key={one.name} row={one} current={index === at} onPick={() => pick(index)} />
            ))}
          </ul>
        </section>
        <article data-region="detail" tabIndex={0} className="scroll min-w-0 grow px-6 py-5 outline-none">
          <Release key={current.name} name={current.name} />
        </article>
      </div>
    </div>
  );
}

function Row({ row, current, onPick }: { row: ReleaseRow; current: boolean; onPick: () => void }) {
  const { t } = useTranslation();
  return (
    <li>
      <button
        type="button"
        aria-current={current ? "true" : undefined}
        onClick={onPick}
        className={`flex w-full flex-col gap-1 border-b border-l-2 border-b-line py-2.5 pr-4 pl-5.5 text-left ${current ? "border-l-accent bg-accent-soft" : "border-l-transparent hover:bg-sunken"}`}
      >
        <span className="w-full truncate font-medium">{row.name}</span>
        <span className="num w-full truncate text-xs text-ink-2">
          {row.starts_at === null ? t("releases.noWindow") : moment(row.starts_at)}
          {` · ${t("releases.changes", { count: row.changes })}`}
        </span>
        <Level row={row} />
      </button>
    </li>
  );
}

/** The level, or the honest range while something open can change it. */
function Level({ row }: { row: ReleaseRow }) {
  const { t } = useTranslation();
  if (row.level) return <LevelMark level={row.level} />;
  return <span>{t("releases.range", { low: t(`level.${row.low_level}`), high: t(`level.${row.high_level}`) })}</span>;
}

function Release({ name }: { name: string }) {
  const { t } = useTranslation();
  const view = useView("release", { release: name });
  const [assessing, setAssessing] = useState(false);
  useCommand("releases.assess", view.data ? () => setAssessing(true) : null);
  if (view.error) return <Failed thrown={view.error} onRetry={() => view.refetch()} />;
  if (!view.data) return <Reading />;
  const { release, worst, questions, lacks } = view.data;
  return (
    <div className="flex max-w-[52rem] flex-col gap-7">
      <header>
        <h2 className="text-xl font-semibold tracking-tight">{release.name}</h2>
        <p className="text-ink-2">
          {[
            t("releases.changes", { count: release.changes }),
            t("releases.approved", { count: release.approved }),
            t("releases.undecided", { count: release.undecided }),
          ].join(" · ")}
        </p>
      </header>
      <Facts
        facts={[
          [
            t("releases.risk"),
            <span key="risk" className="inline-flex flex-wrap items-baseline gap-x-2">
              <Level row={release} />
              <span className="text-ink-2">
                {worst.length > 0 ? t("releases.worst", { keys: worst.join(", ") }) : t("releases.ownWorst")}
              </span>
            </span>,
          ],
          [t("releases.begins"), release.starts_at === null ? t("releases.noWindow") : moment(release.starts_at)],
          [t("releases.ends"), release.ends_at === null ? t("releases.noWindow") : moment(release.ends_at)],
          [t("releases.manager"), release.manager ?? t("releases.notOne")],
          [t("releases.milestone"), release.milestone ?? t("releases.notOne")],
        ]}
      />
      {lacks.length > 0 ? (
        <Section title={t("releases.lacks")}>
          <ul className="measure list-disc pl-5 text-warn">
            {lacks.map((lack) => (
              <li key={lack}>{lack}</li>
            ))}
          </ul>
        </Section>
      ) : null}
      <Parts view={view.data} />
      <Section
        title={t("releases.questions")}
        aside={
          <Button keys="r" onPress={() => setAssessing(true)}>
            {t("releases.assess")}
          </Button>
        }
      >
        <ul className="divide-y divide-line border-y border-line">
          {questions.map((one) => (
            <Question key={one.question} one={one} />
          ))}
        </ul>
      </Section>
      <Plan view={view.data} />
      {assessing ? <Assess view={view.data} onClose={() => setAssessing(false)} /> : null}
    </div>
  );
}

function Parts({ view }: { view: ReleaseView }) {
  const { t } = useTranslation();
  return (
    <Section title={t("releases.order")}>
      <ol className="divide-y divide-line border-y border-line">
        {view.changes.map((row) => (
          <li key={row.key} className="py-2">
            <Link
              to="/changes/$change"
              params={{ change: row.id }}
              className="flex items-baseline gap-2 rounded-sm hover:underline"
            >
              <Key id={row.key} className="shrink-0 text-ink-2" />
              <span className="font-medium">{row.title}</span>
            </Link>
            <p className="num flex flex-wrap items-center gap-x-4 text-xs text-ink-2">
              <RiskMark risk={row.risk} />
              <span>{row.window === null ? t("releases.noWindow") : windowText(row.window)}</span>
              {row.gates_failed > 0 ? <GateCount failed={row.gates_failed} blocking={row.gates_blocking} /> : null}
              {row.decision ? <DecisionMark decision={row.decision} approval={row.approval} size={13} /> : null}
            </p>
          </li>
        ))}
      </ol>
      {view.out.length > 0 ? (
        <p className="mt-2 text-ink-2">{t("releases.out", { keys: view.out.join(", ") })}</p>
      ) : null}
    </Section>
  );
}

function Question({ one }: { one: ReleaseQuestion }) {
  const { t } = useTranslation();
  const given = one.choices.find((choice) => choice.word === one.answer);
  const open = one.open.length === 0 ? null : given ? t("releases.openFor", { keys: one.open.join(", ") }) : null;
  return (
    <li className="py-2">
      <p className="text-ink-2">{one.asks}</p>
      <p>
        {given ? t("releases.answer", { word: given.word, words: given.words }) : t("releases.open")}
        {open ? <span className="text-warn"> ({open})</span> : null}
      </p>
    </li>
  );
}

function Plan({ view }: { view: ReleaseView }) {
  const { t } = useTranslation();
  const lacking = view.plan.filter((section) => section.lacking.length > 0);
  return (
    <Section title={t("releases.plan")}>
      {lacking.length === 0 ? (
        <p className="text-ink-2">{t("releases.whole")}</p>
      ) : (
        <ul className="flex flex-col gap-1">
          {lacking.map((section) => (
            <li key={section.clause} className="measure">
              {t("releases.lacking", { title: section.title, keys: section.lacking.join(", ") })}{" "}
              <span className="text-xs text-ink-2">{section.clause}</span>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
