import { useNavigate, useParams } from "@tanstack/react-router";
import { ArrowLeft } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useCommand } from "../commands/registry";
import { Button, IconButton } from "../ds/button";
import { DialogFrame } from "../ds/dialog";
import { Select } from "../ds/fields";
import { Failed, Reading } from "../ds/layout";
import { RefusalBody } from "../ds/refusal";
import { clock, shortDay } from "../ds/time";
import type { AgendaView } from "../ipc/contract";
import { useAct, useShow, useView } from "../ipc/queries";
import { Contested } from "../spoken/contested";
import { AgendaList } from "./agenda-list";
import { Candidates } from "./candidates";
import { OnPaper } from "./on-paper";
import { Overdue } from "./overdue";

export function Agenda() {
  const { meeting } = useParams({ from: "/shell/meetings/$meeting/agenda" });
  const view = useView("agenda", { meeting });
  if (view.error) return <Failed thrown={view.error} onRetry={() => view.refetch()} />;
  if (!view.data) return <Reading />;
  return <AgendaPage view={view.data} />;
}

function AgendaPage({ view }: { view: AgendaView }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const show = useShow();
  const meeting = view.meeting.id;
  const [side, setSide] = useState<"agenda" | "candidates">(view.items.length > 0 ? "agenda" : "candidates");
  const [itemAt, setItemAt] = useState(0);
  const [candidateAt, setCandidateAt] = useState(0);
  const [rule, setRule] = useState(view.rule ?? view.rules[0]?.id ?? "");
  const [calling, setCalling] = useState(false);
  const [onPaper, setOnPaper] = useState(false);

  const shown = (next: AgendaView) => show("agenda", { meeting }, next);
  const build = useAct("buildAgenda", {
    onDone: (next) => {
      shown(next);
      setSide("agenda");
      setItemAt(0);
    },
  });
  const add = useAct("addAgendaItem", { onDone: shown });
  const remove = useAct("removeAgendaItem", { onDone: shown });
  const move = useAct("moveAgendaItem", { onDone: shown });
  const minutes = useAct("setItemMinutes", { onDone: shown });
  const restrict = useAct("restrictAgendaItem", { onDone: shown });
  const call = useAct("callToOrder", {
    onDone: () => {
      setCalling(false);
      void navigate({ to: "/meetings/$meeting", params: { meeting } });
    },
  });

  const at = Math.min(itemAt, Math.max(0, view.items.length - 1));
  const candidate = Math.min(candidateAt, Math.max(0, view.candidates.length - 1));
  const item = view.items[at];
  const onAgenda = side === "agenda" && item !== undefined;

  const step = (by: number) =>
    side === "agenda"
      ? setItemAt(Math.max(0, Math.min(view.items.length - 1, at + by)))
      : setCandidateAt(Math.max(0, Math.min(view.candidates.length - 1, candidate + by)));
  const shift = (by: number) => {
    if (!item || item.number + by < 1 || item.number + by > view.items.length) return;
    move.mutate({ meeting, item: item.id, to: item.number + by });
    setItemAt(at + by);
  };
  const toggle = () => {
    if (onAgenda) remove.mutate({ meeting, item: item.id });
    else {
      const change = view.candidates[candidate]?.change.id;
      if (change) add.mutate({ meeting, change });
    }
  };
  const restricting = (index: number) => {
    const one = view.items[index];
    if (one) restrict.mutate({ meeting, item: one.id, restricted: !one.restricted });
  };
  const time = (by: number) =>
    item && item.minutes + by >= 1 && minutes.mutate({ meeting, item: item.id, minutes: item.minutes + by });

  useCommand("agenda.next", () => step(1));
  useCommand("agenda.previous", () => step(-1));
  useCommand("agenda.switchList", () => setSide(side === "agenda" ? "candidates" : "agenda"));
  useCommand("agenda.moveUp", onAgenda ? () => shift(-1) : null);
  useCommand("agenda.moveDown", onAgenda ? () => shift(1) : null);
  useCommand("agenda.more", onAgenda ? () => time(1) : null);
  useCommand("agenda.less", onAgenda ? () => time(-1) : null);
  useCommand("agenda.toggle", toggle);
  useCommand("agenda.restrict", onAgenda ? () => restricting(at) : null);
  useCommand("agenda.build", rule ? () => build.mutate({ meeting, rule }) : null);
  useCommand("agenda.callToOrder", () => setCalling(true));
  useCommand("agenda.onPaper", () => setOnPaper(true));
  useCommand("agenda.open", () => {
    const id = onAgenda ? item.change.id : view.candidates[candidate]?.change.id;
    if (id) void navigate({ to: "/changes/$change", params: { change: id } });
  });
  useCommand("agenda.back", () => navigate({ to: "/meetings" }));

  const explanation = view.rules.find((one) => one.id === rule)?.explanation;
  const present = view.roster.filter((row) => row.voting).length;
  return (
    <div className="flex h-full flex-col">
      <header
        data-region="agenda-head"
        className="flex shrink-0 flex-wrap items-end gap-4 border-b border-line px-6 py-3"
      >
        <div className="-ml-2 self-center">
          <IconButton
            label={t("command.agenda.back")}
            keys="u"
            icon={<ArrowLeft size={16} />}
            onPress={() => navigate({ to: "/meetings" })}
          />
        </div>
        <div className="min-w-48 grow basis-0">
          <h1 className="truncate text-lg font-semibold">{view.meeting.title}</h1>
          <p className="num truncate text-ink-2">
            {shortDay(view.meeting.starts_at, view.meeting.zone)}, {clock(view.meeting.starts_at, view.meeting.zone)}{" "}
            {[view.meeting.zone, view.meeting.place, t("agenda.chair", { name: view.meeting.chair })]
              .filter(Boolean)
              .join(" · ")}
          </p>
        </div>
        <Select
          label={t("agenda.rule")}
          value={rule}
          onChange={setRule}
          choices={view.rules.map((one) => ({ value: one.id, label: one.label }))}
          className="w-64"
        />
        <Button keys="b" isPending={build.isPending} onPress={() => build.mutate({ meeting, rule })}>
          {t("agenda.build")}
        </Button>
      </header>
      {explanation ? (
        <p className="shrink-0 border-b border-line bg-sunken px-6 py-1.5 text-xs text-ink-2">{explanation}</p>
      ) : null}
      <Contested acts={view.contested} />
      <Overdue lines={view.overdue} />
      <div className="flex min-h-0 grow @max-4xl:scroll @max-4xl:flex-col">
        <AgendaList
          items={view.items}
          cursor={side === "agenda" ? at : -1}
          onCursor={(index) => {
            setSide("agenda");
            setItemAt(index);
          }}
          onMove={(index, by) => {
            setItemAt(index);
            const one = view.items[index];
            if (one) move.mutate({ meeting, item: one.id, to: one.number + by });
          }}
          onMinutes={(index, by) => {
            const one = view.items[index];
            if (one && one.minutes + by >= 1) minutes.mutate({ meeting, item: one.id, minutes: one.minutes + by });
          }}
          onRestrict={(index) => {
            setItemAt(index);
            restricting(index);
          }}
          onRemove={(id) => remove.mutate({ meeting, item: id })}
        />
        <Candidates
          candidates={view.candidates}
          cursor={side === "candidates" ? candidate : -1}
          onCursor={(index) => {
            setSide("candidates");
            setCandidateAt(index);
          }}
          onAdd={(change) => add.mutate({ meeting, change })}
        />
      </div>
      <footer data-region="acts" className="flex shrink-0 flex-wrap items-center gap-5 border-t border-line px-6 py-3">
        <p className="num">
          <span className="font-medium">
            {t("agenda.total", { count: view.items.length, minutes: view.minutes_total })}
          </span>
        </p>
        <p className="num min-w-0 truncate text-ink-2">
          {t("agenda.seats", { count: present })} · {view.quorum_rule}
        </p>
        <span className="grow" />
        <span aria-live="polite" className="num shrink-0 text-xs text-ink-2">
          {view.saved_at ? t("common.saved", { time: clock(view.saved_at) }) : null}
        </span>
        <Button keys="p" onPress={() => setOnPaper(true)}>
          {t("papers.agenda")}
        </Button>
        <Button look="primary" keys="f" onPress={() => setCalling(true)}>
          {t("agenda.call")}
        </Button>
      </footer>
      {onPaper ? <OnPaper meeting={view.meeting} onClose={() => setOnPaper(false)} /> : null}
      {calling ? (
        <DialogFrame
          title={t("agenda.callTitle")}
          onClose={() => setCalling(false)}
          actions={
            <>
              <Button onPress={() => setCalling(false)}>{t("common.cancel")}</Button>
              {view.call_refusal ? null : (
                <Button look="primary" autoFocus isPending={call.isPending} onPress={() => call.mutate({ meeting })}>
                  {t("agenda.callNow")}
                </Button>
              )}
            </>
          }
        >
          {view.call_refusal ? (
            <RefusalBody refusal={view.call_refusal} />
          ) : (
            <div className="flex flex-col gap-2">
              <p>{t("agenda.callExplains", { count: view.items.length, minutes: view.minutes_total })}</p>
              <p className="text-ink-2">{t("agenda.callLate")}</p>
            </div>
          )}
        </DialogFrame>
      ) : null}
    </div>
  );
}
