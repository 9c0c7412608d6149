import { useNavigate, useSearch } from "@tanstack/react-router";
import { Tab, TabList, TabPanel, Tabs } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { RECORD_TABS, type RecordTab } from "../app/router";
import { useCommand } from "../commands/registry";
import { Button } from "../ds/button";
import { Failed, Reading } from "../ds/layout";
import type { RecordView } from "../ipc/contract";
import { useAct, useView } from "../ipc/queries";
import { Details } from "./details";
import { Exchange } from "./exchange";
import { Members } from "./members";
import { OlderCopyNotice } from "./older-copy";
import { Packs } from "./packs";

/** Who is on the board with which keys, how entries travel, and what only an auditor asks for. */
export function Record() {
  const view = useView("record");
  if (view.error) return <Failed thrown={view.error} onRetry={() => view.refetch()} />;
  if (!view.data) return <Reading />;
  return <RecordPage view={view.data} onChanged={() => void view.refetch()} />;
}

function RecordPage({ view, onChanged }: { view: RecordView; onChanged: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const tab = useSearch({ from: "/shell/record" }).tab ?? "members";
  const setTab = (next: RecordTab) => navigate({ to: "/record", search: { tab: next }, replace: true });
  const exchange = useAct("exchange", { onDone: onChanged });
  const exchangeNow = () => exchange.mutate(undefined);

  useCommand("record.members", () => setTab("members"));
  useCommand("record.exchange", () => setTab("exchange"));
  useCommand("record.packs", () => setTab("packs"));
  useCommand("record.details", () => setTab("details"));
  useCommand("record.exchangeNow", view.relays.length > 0 && !exchange.isPending ? exchangeNow : null);

  return (
    <div className="flex h-full flex-col">
      <header data-region="record" className="flex h-12 shrink-0 items-center gap-3 px-6">
        <h1 className="grow font-semibold">{t("nav.record")}</h1>
        <Button look="quiet" keys="g n" onPress={() => navigate({ to: "/spoken" })}>
          {t("record.toSpoken")}
        </Button>
        <Button keys="e" isPending={exchange.isPending} isDisabled={view.relays.length === 0} onPress={exchangeNow}>
          {t("record.exchangeNow")}
        </Button>
      </header>
      {view.older_copy ? (
        <OlderCopyNotice
          copy={view.older_copy}
          canExchange={view.relays.length > 0}
          busy={exchange.isPending}
          onExchange={exchangeNow}
        />
      ) : null}
      <Tabs
        selectedKey={tab}
        onSelectionChange={(key) => setTab(key as RecordTab)}
        className="flex min-h-0 grow flex-col"
        data-region="tabs"
      >
        <TabList aria-label={t("record.tabs")} className="scroll flex shrink-0 gap-6 border-b border-line px-6">
          {RECORD_TABS.map((name, index) => (
            <Tab
              key={name}
              id={name}
              className="flex items-center gap-2 border-b-2 border-transparent py-2 text-ink-2 data-[hovered]:text-ink data-[selected]:border-accent data-[selected]:font-medium data-[selected]:text-ink"
            >
              {t(`record.tab.${name}`)}
              <span aria-hidden="true" className="num text-xs font-normal text-ink-3">
                {index + 1}
              </span>
            </Tab>
          ))}
        </TabList>
        {/* Its id is its first for as long as it lives: with another tab it is another panel. */}
        <TabPanel key={tab} id={tab} className="scroll min-h-0 grow px-6 py-6 outline-none">
          {tab === "members" ? <Members view={view} /> : null}
          {tab === "exchange" ? <Exchange view={view} busy={exchange.isPending} onExchange={exchangeNow} /> : null}
          {tab === "packs" ? <Packs /> : null}
          {tab === "details" ? <Details view={view} /> : null}
        </TabPanel>
      </Tabs>
    </div>
  );
}
