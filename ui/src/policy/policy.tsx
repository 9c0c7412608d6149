import { useNavigate, useSearch } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { Tab, TabList, TabPanel, Tabs } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { POLICY_TABS, type PolicyTab } from "../app/router";
import { useCommand } from "../commands/registry";
import { DialogActs, DialogFrame } from "../ds/dialog";
import { Failed, Reading } from "../ds/layout";
import type { PolicyView } from "../ipc/contract";
import { useView } from "../ipc/queries";
import { beginDraft, setDraft, useDraft, useEdited } from "./draft";
import { DraftTab } from "./draft-tab";
import type { EditorHandle } from "./editor";
import { Fare } from "./fare";
import { InForce } from "./in-force";

/** The policy: what is in force, a draft of another, and how past changes would have fared. */
export function Policy() {
  const view = useView("policy");
  if (view.error) return <Failed thrown={view.error} onRetry={() => view.refetch()} />;
  if (!view.data) return <Reading />;
  return <PolicyPage view={view.data} />;
}

function PolicyPage({ view }: { view: PolicyView }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const editor = useRef<EditorHandle>(null);
  const tab = useSearch({ from: "/shell/policy" }).tab ?? "in_force";
  const setTab = (next: PolicyTab) => navigate({ to: "/policy", search: { tab: next }, replace: true });
  const held = useDraft();
  const edited = useEdited();
  // What is to come in the place of an edited draft, once that was asked: another text, or none.
  const [instead, setInstead] = useState<{ text: string | null } | null>(null);
  const begin = (text: string | null) => {
    setInstead(null);
    if (text === null) setDraft(null);
    else beginDraft(text);
    void setTab("draft");
  };
  // An edited draft is kept nowhere else until it is adopted.
  const draft = (text: string | null) => {
    if (!edited || held === view.text || held === text) begin(text);
    else setInstead({ text });
  };
  const discarding = instead?.text === null;

  useCommand("policy.inForce", () => void setTab("in_force"));
  useCommand("policy.draft", () => void setTab("draft"));
  useCommand("policy.fare", () => void setTab("fare"));
  useCommand("policy.edit", () => {
    if (tab === "draft") editor.current?.focus();
    else void setTab("draft");
  });

  return (
    <div className="flex h-full flex-col">
      {instead === null ? null : (
        <DialogFrame
          title={t(discarding ? "policy.discardTitle" : "policy.replaceTitle")}
          onClose={() => setInstead(null)}
          actions={
            <DialogActs
              act={t(discarding ? "policy.discardIt" : "policy.replace")}
              onAct={() => begin(instead.text)}
              onCancel={() => setInstead(null)}
              busy={false}
            />
          }
        >
          <p className="measure">{t(discarding ? "policy.discardHint" : "policy.replaceHint")}</p>
        </DialogFrame>
      )}
      <header data-region="policy" className="flex h-12 shrink-0 items-center gap-3 px-6">
        <h1 className="font-semibold">{t("nav.policy")}</h1>
        <p className="num min-w-0 truncate text-ink-2">{view.name}</p>
      </header>
      <Tabs
        selectedKey={tab}
        onSelectionChange={(key) => void setTab(key as PolicyTab)}
        className="flex min-h-0 grow flex-col"
        data-region="tabs"
      >
        <TabList aria-label={t("policy.tabs")} className="scroll flex shrink-0 gap-6 border-b border-line px-6">
          {POLICY_TABS.map((name, index) => (
            <Tab
              key={name}
              id={name}
              className="flex items-center gap-2 border-b-2 border-transparent py-2 text-ink-2 data-[hovered]:text-ink data-[selected]:border-accent data-[selected]:font-medium data-[selected]:text-ink"
            >
              {t(`policy.tab.${name}`)}
              <span aria-hidden="true" className="num text-xs font-normal text-ink-3">
                {index + 1}
              </span>
            </Tab>
          ))}
        </TabList>
        {/* Its id is its first for as long as it lives: with another tab it is another panel. */}
        <TabPanel key={tab} id={tab} className="scroll min-h-0 grow px-6 py-6 outline-none">
          {tab === "in_force" ? <InForce view={view} onDraft={draft} /> : null}
          {tab === "draft" ? <DraftTab view={view} handle={editor} onDraft={draft} /> : null}
          {tab === "fare" ? <Fare view={view} onDraft={draft} /> : null}
        </TabPanel>
      </Tabs>
    </div>
  );
}
