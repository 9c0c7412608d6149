import { useNavigate } from "@tanstack/react-router";
import { CircleCheck, CircleHelp, CircleMinus, OctagonX } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../ds/button";
import { Facts, Failed, Reading, Section } from "../ds/layout";
import { moment } from "../ds/time";
import type { Capability, ConnectionView } from "../ipc/contract";
import { useAct, useView } from "../ipc/queries";
import { ConnectionGuide } from "./guide";

export function Connection() {
  const view = useView("connection");
  const [changing, setChanging] = useState(false);
  if (view.error) return <Failed thrown={view.error} onRetry={() => view.refetch()} />;
  if (view.data === undefined) return <Reading />;
  if (view.data === null || changing)
    return (
      <ConnectionGuide
        known={view.data}
        onDone={() => setChanging(false)}
        onCancel={view.data ? () => setChanging(false) : null}
      />
    );
  return <ConnectionSheet connection={view.data} onChange={() => setChanging(true)} />;
}

function ConnectionSheet({ connection, onChange }: { connection: ConnectionView; onChange: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const sync = useAct("sync");
  return (
    <div data-region="sheet" tabIndex={0} className="scroll h-full px-6 py-8 outline-none">
      <div className="mx-auto flex max-w-[48rem] flex-col gap-8">
        <header className="flex items-end justify-between gap-4">
          <div>
            <h1 className="text-2xl font-semibold tracking-tight">{connection.project}</h1>
            <p className="num mt-1 text-ink-2">
              {t("connection.holds", { count: connection.changes })} ·{" "}
              {connection.last_synced_at
                ? t("link.lastSynced", { time: moment(connection.last_synced_at) })
                : t("link.neverSynced")}
            </p>
          </div>
          <div className="flex gap-2">
            <Button onPress={onChange}>{t("connection.change")}</Button>
            <Button look="primary" keys="Mod+r" onPress={() => sync.mutate(undefined)}>
              {t("connection.sync")}
            </Button>
          </div>
        </header>
        {connection.stopped ? (
          <p role="alert" className="flex gap-2.5 rounded-md border border-bad bg-bad-soft px-3 py-2.5">
            <OctagonX size={16} className="mt-0.5 shrink-0 text-bad" aria-hidden="true" /> {connection.stopped}
          </p>
        ) : null}
        <Facts
          facts={[
            [t("connection.system"), t(`connection.systemName.${connection.system}`)],
            [t("connection.url"), connection.url],
            [t("connection.account"), connection.account],
            [t("connection.prefix"), connection.prefix],
          ]}
        />
        <Section title={t("policy.toFareTitle")}>
          <p className="measure text-ink-2">{t("policy.toFareHint")}</p>
          <Button className="mt-2" onPress={() => navigate({ to: "/policy", search: { tab: "fare" } })}>
            {t("policy.toFare")}
          </Button>
        </Section>
        <Section title={t("connection.capabilities")}>
          <CapabilityList capabilities={connection.capabilities} />
        </Section>
        <Section title={t("connection.mapping")}>
          <Facts
            facts={connection.mapping.map((row) => [
              fieldName(row.target),
              (row.source ? <SourceName key={row.target} source={row.source} /> : null) ?? (
                <span key={row.target} className="text-ink-2">
                  {t("connection.notMapped")}
                </span>
              ),
            ])}
          />
        </Section>
      </div>
    </div>
  );
}

/** `production_environment` → Production environment: the program's names are words already. */
function fieldName(target: string): string {
  const words = target.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Where a field comes from, as the server's people would say it. */
function SourceName({ source }: { source: string }) {
  const { t } = useTranslation();
  const cut = source.indexOf(":");
  const kind = source.slice(0, cut);
  const name = source.slice(cut + 1);
  if (kind === "core") return t("connection.source.core", { name: fieldName(name) });
  if (kind === "cf") return t("connection.source.custom", { name });
  if (kind === "section") return t("connection.source.section", { name });
  return source;
}

const LOOK = {
  available: { icon: CircleCheck, ink: "text-good" },
  missing: { icon: CircleMinus, ink: "text-ink-2" },
  unknown: { icon: CircleHelp, ink: "text-warn" },
} as const;

export function CapabilityList({ capabilities }: { capabilities: Capability[] }) {
  const { t } = useTranslation();
  return (
    <ul className="divide-y divide-line border-y border-line">
      {capabilities.map((capability) => {
        const { icon: Icon, ink } = LOOK[capability.state];
        return (
          <li key={capability.name} className="grid grid-cols-[7.5rem_12rem_1fr] gap-3 py-2">
            <span className={`flex items-center gap-1.5 self-start ${ink}`}>
              <Icon size={14} aria-hidden="true" /> {t(`connection.capability.${capability.state}`)}
            </span>
            <span>{capability.name}</span>
            <span className="text-ink-2">{capability.note}</span>
          </li>
        );
      })}
    </ul>
  );
}
