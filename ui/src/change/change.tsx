import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { ArrowLeft, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { Tab, TabList, TabPanel, Tabs } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { CHANGE_TABS, type ChangeTab } from "../app/router";
import { MINE } from "../calendar/days";
import { Schedule } from "../calendar/schedule";
import { listState, setListState } from "../changes/list-state";
import { useCommand } from "../commands/registry";
import { BudgetOffer, LevelOffer } from "../dispensations/offers";
import { Button, IconButton } from "../ds/button";
import { Failed, Reading } from "../ds/layout";
import { Key, KindMark, RiskMark } from "../ds/marks";
import { useNotices } from "../ds/notices";
import { windowText } from "../ds/time";
import type { ChangeView } from "../ipc/contract";
import { useAct, useTransport, useView } from "../ipc/queries";
import { Returns } from "../returns/returns";
import { RiskPanel } from "../risk/risk-panel";
import { Conditions } from "./conditions";
import { ExportPlan } from "./export-plan";
import { HandOut } from "./hand-out";
import { History } from "./history";
import { Margin } from "./margin";
import { Overview } from "./overview";
import { PlanTab } from "./plan-tab";

const LOOKED_AFTER_MS = 3000;

export function Change() {
  const { change: id } = useParams({ from: "/shell/changes/$change" });
  const view = useView("change", { change: id });
  if (view.error) return <Failed thrown={view.error} onRetry={() => view.refetch()} />;
  if (!view.data) return <Reading />;
  return <ChangePage key={view.data.row.id} change={view.data} />;
}

function ChangePage({ change }: { change: ChangeView }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const transport = useTransport();
  const tab = useSearch({ from: "/shell/changes/$change" }).tab ?? "overview";
  const { say } = useNotices();
  const id = change.row.id;
  const looked = useAct("markLooked", { quiet: true });
  const sign = useAct("requestSigning");
  const [handingOut, setHandingOut] = useState(false);
  const [exporting, setExporting] = useState(false);
  const [returning, setReturning] = useState(false);
  const [look, setLook] = useState(0);
  const stale = change.sign_offs.some((signOff) => signOff.state === "stale");
  const again = change.sign_offs.find((signOff) => signOff.reaffirmable);

  const setTab = (next: ChangeTab) =>
    navigate({ to: "/changes/$change", params: { change: id }, search: { tab: next }, replace: true });

  // Looking counts from a few seconds of having it open; the differences stay on the screen until one leaves.
  const { mutate } = looked;
  useEffect(() => {
    const timer = setTimeout(() => mutate({ change: id }), LOOKED_AFTER_MS);
    return () => clearTimeout(timer);
  }, [id, mutate]);

  const beside = async (step: 1 | -1) => {
    const { query, cursor } = listState();
    const at = cursor + step;
    if (at < 0) return;
    const page = await transport.listChanges({ ...query, offset: at, limit: 1 });
    const next = page.rows[0];
    if (!next) return;
    setListState({ cursor: at });
    await navigate({ to: "/changes/$change", params: { change: next.id }, search: { tab }, replace: true });
  };

  useCommand("change.overview", () => setTab("overview"));
  useCommand("change.riskTab", () => setTab("risk"));
  useCommand("change.planTab", () => setTab("plan"));
  useCommand("change.conditions", () => setTab("conditions"));
  useCommand("change.history", () => setTab("history"));
  useCommand("change.schedule", () => setTab("schedule"));
  useCommand("change.risk", () => navigate({ to: "/changes/$change/risk", params: { change: id } }));
  useCommand("change.plan", () => navigate({ to: "/changes/$change/plan", params: { change: id } }));
  useCommand("change.sign", () => sign.mutate({ subject: { kind: "change", change: id } }));
  useCommand("change.handOut", change.decision || change.delegated ? () => setHandingOut(true) : null);
  const approved = (change.decision ?? change.delegated)?.approval === "holds";
  useCommand("change.exportPlan", approved ? () => setExporting(true) : null);
  useCommand("change.returns", change.decision || change.delegated ? null : () => setReturning(true));
  const showDifference = () => {
    setTab("conditions");
    setLook((before) => before + 1);
  };
  useCommand("change.difference", stale ? showDifference : null);
  useCommand(
    "change.reaffirm",
    again ? () => sign.mutate({ subject: { kind: "reaffirm", sign_off: again.id } }) : null,
  );
  useCommand("change.copy", async () => {
    await navigator.clipboard.writeText(change.row.key);
    say(t("change.copied", { key: change.row.key }));
  });
  useCommand("change.next", () => void beside(1));
  useCommand("change.previous", () => void beside(-1));
  useCommand("change.back", () => navigate({ to: "/changes" }));

  return (
    <div className="flex h-full flex-col">
      {handingOut ? <HandOut change={change} onClose={() => setHandingOut(false)} /> : null}
      {exporting ? <ExportPlan change={change} onClose={() => setExporting(false)} /> : null}
      {returning ? <Returns change={id} onClose={() => setReturning(false)} /> : null}
      <header data-region="change" className="shrink-0 px-6 pt-4">
        <div className="flex flex-wrap items-start gap-3">
          <div className="-ml-2">
            <IconButton
              label={t("command.change.back")}
              keys="u"
              icon={<ArrowLeft size={16} />}
              onPress={() => navigate({ to: "/changes" })}
            />
          </div>
          <div className="min-w-64 grow basis-0">
            <p className="flex flex-wrap items-center gap-x-4 gap-y-0.5 text-ink-2">
              <Key id={change.row.key} className="font-medium" />
              <KindMark kind={change.row.kind} />
              <RiskMark risk={change.row.risk} withOpen />
              <span className="num">{change.row.window ? windowText(change.row.window) : t("changes.noWindow")}</span>
            </p>
            <h1 className="measure mt-1 text-xl font-semibold tracking-tight">{change.row.title}</h1>
          </div>
          <div className="flex shrink-0 gap-2">
            <IconButton
              label={t("command.change.copy")}
              keys="y"
              icon={<Copy size={15} />}
              onPress={() =>
                void navigator.clipboard
                  .writeText(change.row.key)
                  .then(() => say(t("change.copied", { key: change.row.key })))
              }
            />
            <Button keys="r" onPress={() => navigate({ to: "/changes/$change/risk", params: { change: id } })}>
              {t("change.walkRisk")}
            </Button>
            <Button keys="p" onPress={() => navigate({ to: "/changes/$change/plan", params: { change: id } })}>
              {t("change.reviewPlan")}
            </Button>
            <Button
              look={change.signing_refusal ? "plain" : "primary"}
              keys="s"
              isPending={sign.isPending}
              onPress={() => sign.mutate({ subject: { kind: "change", change: id } })}
            >
              {t("change.sign")}
            </Button>
          </div>
        </div>
      </header>
      <Tabs
        selectedKey={tab}
        onSelectionChange={(key) => setTab(key as ChangeTab)}
        className="flex min-h-0 grow flex-col"
        data-region="tabs"
      >
        <TabList aria-label={t("change.tabs")} className="scroll mt-3 flex shrink-0 gap-6 border-b border-line px-6">
          {CHANGE_TABS.map((name, index) => (
            <Tab
              key={name}
              id={name}
              className="flex items-center gap-2 border-b-2 border-transparent py-2 text-ink-2 data-[hovered]:text-ink data-[selected]:border-accent data-[selected]:font-medium data-[selected]:text-ink"
            >
              {t(`change.tab.${name}`)}
              <span aria-hidden="true" className="num text-xs font-normal text-ink-3">
                {index + 1}
              </span>
            </Tab>
          ))}
        </TabList>
        <div className="flex min-h-0 grow">
          {/* Its id is its first for as long as it lives: with another tab it is another panel. */}
          <TabPanel key={tab} id={tab} className="scroll min-w-0 grow px-6 py-6 outline-none">
            {tab === "overview" ? <Overview change={change} /> : null}
            {tab === "risk" ? (
              <div className="max-w-[56rem]">
                <RiskPanel outcome={change.risk} />
                <BudgetOffer change={id} />
                <LevelOffer change={id} />
              </div>
            ) : null}
            {tab === "plan" ? <PlanTab change={change} /> : null}
            {tab === "conditions" ? <Conditions change={change} look={look} /> : null}
            {tab === "history" ? <History entries={change.history} /> : null}
            {tab === "schedule" ? <Schedule change={id} zone={MINE} command="change.reschedule" /> : null}
          </TabPanel>
          <Margin
            change={change}
            onHandOut={() => setHandingOut(true)}
            onExportPlan={() => setExporting(true)}
            onReturn={() => setReturning(true)}
          />
        </div>
      </Tabs>
    </div>
  );
}
