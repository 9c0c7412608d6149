import { useNavigate } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { WhyBlocked } from "../change/why-blocked";
import { useCommand, useLayer } from "../commands/registry";
import { AskedWords } from "../dispensations/said";
import { Button } from "../ds/button";
import { EmptyState, Failed } from "../ds/layout";
import type { ChangesQuery } from "../ipc/contract";
import { useAct, useAppStatus } from "../ipc/queries";
import { Returns } from "../returns/returns";
import { FilterBar } from "./filter-bar";
import { Grid } from "./grid";
import { changeQuery, setListState, useListState } from "./list-state";
import { Peek } from "./peek";
import { useRows } from "./rows";

export const VIEWS: ChangesQuery["view"][] = ["open", "attention", "decided", "all"];

const EVERY = "every";

/** The register: filter, sort and search as you type; one row is under the cursor, Space looks inside. */
export function Changes() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { query, cursor, peek, why } = useListState();
  const [visible, setVisible] = useState<[number, number]>([0, 60]);
  // What is given back: one change by its id, or every open one.
  const [returning, setReturning] = useState<string | null>(null);
  const rows = useRows(query, visible[0], visible[1]);
  const filter = useRef<HTMLInputElement>(null);
  const status = useAppStatus();
  const sync = useAct("sync");

  const total = rows.total ?? 0;
  const at = Math.min(cursor, Math.max(0, total - 1));
  const row = rows.at(at);
  const move = (to: number) => setListState({ cursor: Math.max(0, Math.min(total - 1, to)) });
  const open = (id = row?.id) => id && navigate({ to: "/changes/$change", params: { change: id } });
  const step = (by: number) => {
    const next = VIEWS[(VIEWS.indexOf(query.view) + by + VIEWS.length) % VIEWS.length];
    if (next) changeQuery({ view: next });
  };

  useCommand("changes.filter", () => filter.current?.focus());
  useCommand("changes.next", () => move(at + 1));
  useCommand("changes.previous", () => move(at - 1));
  useCommand("changes.first", () => move(0));
  useCommand("changes.last", () => move(total - 1));
  useCommand("changes.open", row ? () => open() : null);
  const askWhy = () => setListState({ why: !why, peek: false });
  useCommand("changes.peek", row ? () => setListState({ peek: !peek, why: false }) : null);
  useCommand("changes.why", row ? askWhy : null);
  useCommand("changes.risk", row ? () => navigate({ to: "/changes/$change/risk", params: { change: row.id } }) : null);
  useCommand("changes.plan", row ? () => navigate({ to: "/changes/$change/plan", params: { change: row.id } }) : null);
  useCommand("changes.returns", () => setReturning(EVERY));
  useCommand("changes.nextView", () => step(1));
  useCommand("changes.previousView", () => step(-1));
  useLayer(peek, () => setListState({ peek: false }));
  useLayer(why, () => setListState({ why: false }));
  useLayer(query.text !== "" || query.kinds.length > 0 || query.levels.length > 0, () =>
    changeQuery({ text: "", kinds: [], levels: [] }),
  );

  const filtered = query.text !== "" || query.kinds.length > 0 || query.levels.length > 0;
  return (
    <div className="flex h-full">
      <div className="flex min-w-0 grow flex-col">
        <h1 className="sr-only">{t("nav.changes")}</h1>
        <AskedWords />
        <FilterBar
          inputRef={filter}
          counts={rows.counts}
          total={rows.total}
          onWhy={row ? askWhy : null}
          onReturn={() => setReturning(EVERY)}
        />
        {rows.error ? (
          <Failed thrown={rows.error} onRetry={rows.retry} />
        ) : rows.total === 0 ? (
          <NothingHere
            filtered={filtered}
            connected={status?.link.state !== "not_connected"}
            onSync={() => sync.mutate(undefined)}
          />
        ) : (
          <Grid
            rows={rows}
            cursor={at}
            onCursor={move}
            onOpen={open}
            onVisible={(a, b) => setVisible([a, b])}
            narrow={peek || why}
          />
        )}
      </div>
      {returning !== null ? (
        <Returns change={returning === EVERY ? null : returning} onClose={() => setReturning(null)} />
      ) : null}
      {why && row ? (
        <WhyBlocked id={row.id} onClose={() => setListState({ why: false })} onReturn={() => setReturning(row.id)} />
      ) : null}
      {peek && row ? <Peek id={row.id} onClose={() => setListState({ peek: false })} onOpen={() => open()} /> : null}
    </div>
  );
}

function NothingHere(props: { filtered: boolean; connected: boolean; onSync: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { query } = useListState();
  if (props.filtered)
    return (
      <EmptyState
        title={t("changes.noMatch")}
        action={
          <Button onPress={() => changeQuery({ text: "", kinds: [], levels: [] })} keys="Escape">
            {t("changes.clearFilter")}
          </Button>
        }
      >
        {t("changes.noMatchHint")}
      </EmptyState>
    );
  if (!props.connected)
    return (
      <EmptyState
        title={t("changes.notConnected")}
        action={
          <>
            <Button look="primary" onPress={() => navigate({ to: "/connection" })}>
              {t("changes.connect")}
            </Button>
            <Button onPress={() => navigate({ to: "/record", search: { tab: "packs" } })}>
              {t("changes.openPack")}
            </Button>
          </>
        }
      >
        {t("changes.notConnectedHint")}
      </EmptyState>
    );
  if (query.view !== "all")
    return (
      <EmptyState
        title={t(`changes.emptyView.${query.view}`)}
        action={<Button onPress={() => changeQuery({ view: "all" })}>{t("changes.showAll")}</Button>}
      />
    );
  return (
    <EmptyState
      title={t("changes.empty")}
      action={
        <Button look="primary" onPress={props.onSync} keys="Mod+r">
          {t("changes.sync")}
        </Button>
      }
    >
      {t("changes.emptyHint")}
    </EmptyState>
  );
}
