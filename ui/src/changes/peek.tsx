import { X } from "lucide-react";
import { useTranslation } from "react-i18next";
import { gatesOf } from "../change/gates";
import { Button, IconButton } from "../ds/button";
import { Facts, Failed, Reading, Section } from "../ds/layout";
import { Clause, DecisionMark, GateMark, Key, KindMark, RiskMark } from "../ds/marks";
import { BlockText } from "../ds/text";
import { windowText } from "../ds/time";
import { useView } from "../ipc/queries";

/** What is worth knowing before opening it. */
export function Peek({ id, onClose, onOpen }: { id: string; onClose: () => void; onOpen: () => void }) {
  const { t } = useTranslation();
  const view = useView("change", { change: id }, { keep: true });
  const change = view.data;
  return (
    <aside
      data-region="peek"
      aria-label={t("changes.peek")}
      className="flex w-[27rem] max-w-[45vw] shrink-0 flex-col border-l border-line bg-paper"
    >
      {view.error ? <Failed thrown={view.error} /> : null}
      {!change && !view.error ? <Reading /> : null}
      {change ? (
        <>
          <header className="flex items-start gap-2 border-b border-line py-3 pr-2 pl-5">
            <div className="min-w-0 grow">
              <p className="flex items-center gap-3 text-ink-2">
                <Key id={change.row.key} /> <KindMark kind={change.row.kind} />
              </p>
              <h2 className="mt-0.5 text-base leading-5.5 font-semibold">{change.row.title}</h2>
            </div>
            <IconButton label={t("common.close")} icon={<X size={16} />} onPress={onClose} keys="Escape" />
          </header>
          <div className="scroll flex min-h-0 grow flex-col gap-5 px-5 py-4" tabIndex={0}>
            <Facts
              facts={[
                [t("change.risk"), <RiskMark key="r" risk={change.row.risk} withOpen />],
                [t("change.window"), change.row.window ? windowText(change.row.window) : t("changes.noWindow")],
                [t("change.systems"), change.row.systems ?? t("change.missing")],
                [t("change.author"), change.row.author ?? t("change.missing")],
                [t("change.plan"), t("plan.ticked", { done: change.row.plan_ticked, total: change.row.plan_total })],
                ...(change.decision
                  ? ([
                      [
                        t("change.decision"),
                        <DecisionMark key="d" decision={change.decision.kind} approval={change.decision.approval} />,
                      ],
                    ] as [string, React.ReactNode][])
                  : []),
              ]}
            />
            {gatesOf(change).some((gate) => gate.result === "failed" || gate.result === "no_evidence") ? (
              <Section title={t("change.gatesFailing")}>
                <ul className="flex flex-col gap-1.5">
                  {gatesOf(change)
                    .filter((gate) => gate.result === "failed" || gate.result === "no_evidence")
                    .map((gate) => (
                      <li key={gate.id} className="flex items-baseline justify-between gap-3">
                        <span>
                          {gate.label} <Clause id={gate.clause} />
                        </span>
                        <GateMark result={gate.result} hard={gate.hard} />
                      </li>
                    ))}
                </ul>
              </Section>
            ) : null}
            <Section title={t("change.description")}>
              <BlockText blocks={change.description.slice(0, 6)} className="text-sm leading-5.5" />
            </Section>
          </div>
          <footer className="flex justify-end border-t border-line px-4 py-2.5">
            <Button onPress={onOpen} keys="Enter">
              {t("changes.open")}
            </Button>
          </footer>
        </>
      ) : null}
    </aside>
  );
}
