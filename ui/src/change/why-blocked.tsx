import { useNavigate } from "@tanstack/react-router";
import { X } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useCommand } from "../commands/registry";
import { Button, IconButton } from "../ds/button";
import { Failed, Reading } from "../ds/layout";
import { Key } from "../ds/marks";
import type { ChangeView, Gate } from "../ipc/contract";
import { useView } from "../ipc/queries";
import { grouped, isUnmet, mendOf } from "./gate-groups";
import { GateLine, gatesOf } from "./gates";

/** Beside the list: why a change is blocked, and what would unblock it. `onReturn`: its requester is asked. */
export function WhyBlocked(props: { id: string; onClose: () => void; onReturn: () => void }) {
  const { t } = useTranslation();
  const view = useView("change", { change: props.id }, { keep: true });
  const change = view.data;
  return (
    <aside
      data-region="why"
      aria-label={t("why.title")}
      className="flex w-[27rem] max-w-[45vw] shrink-0 flex-col border-l border-line bg-paper"
    >
      {view.error ? <Failed thrown={view.error} onRetry={() => view.refetch()} /> : null}
      {!change && !view.error ? <Reading /> : null}
      {change ? (
        <Answer
          key={change.row.id}
          change={change}
          // While the next change is read, the one before it is still shown: nothing leads from it any more.
          ready={!view.isPlaceholderData}
          onClose={props.onClose}
          onReturn={props.onReturn}
        />
      ) : null}
    </aside>
  );
}

function Answer(props: { change: ChangeView; ready: boolean; onClose: () => void; onReturn: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { change } = props;
  const [cursor, setCursor] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const groups = grouped(gatesOf(change).filter(isUnmet));
  const gates = groups.flatMap((one) => one.gates);
  const blocking = groups.find((one) => one.group === "blocks")?.gates.length ?? 0;
  const at = Math.min(cursor, Math.max(0, gates.length - 1));
  const current = gates[at];

  const mend = (gate: Gate | undefined) => {
    if (!gate) return;
    const place = mendOf(gate, change);
    const params = { change: change.row.id };
    if (place === "requester") props.onReturn();
    else if (place === "emergencies") void navigate({ to: "/emergencies" });
    // Links and files stand on the first page, beside what each gate asks for.
    else if (place === "evidence") void navigate({ to: "/changes/$change", params, search: { tab: "overview" } });
    else void navigate({ to: "/changes/$change", params, search: { tab: place } });
  };
  useCommand("why.mend", current && props.ready ? () => mend(current) : null);
  useCommand("why.next", () => setCursor(Math.min(gates.length - 1, at + 1)));
  useCommand("why.previous", () => setCursor(Math.max(0, at - 1)));
  // biome-ignore lint/correctness/useExhaustiveDependencies: whatever is current comes into sight
  useEffect(() => list.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" }), [at]);

  const told = blocking > 0 ? t("why.blocked", { count: blocking }) : t("why.notBlocked");
  return (
    <>
      <header className="flex items-start gap-2 border-b border-line py-3 pr-2 pl-5">
        <div className="min-w-0 grow">
          <p className="flex items-center gap-3 text-ink-2">
            <Key id={change.row.key} /> <span className="truncate">{change.row.title}</span>
          </p>
          <h2 className="mt-0.5 text-base leading-5.5 font-semibold" aria-live="polite">
            {told}
          </h2>
        </div>
        <IconButton label={t("common.close")} icon={<X size={16} />} onPress={props.onClose} keys="Escape" />
      </header>
      <div ref={list} className="scroll flex min-h-0 grow flex-col gap-4 px-4 py-4" tabIndex={0}>
        {gates.length === 0 ? <p className="px-1 text-ink-2">{t("why.nothing")}</p> : null}
        {groups.map(({ group, gates: of }) => (
          <div key={group}>
            <h3 className="eyebrow mb-1 px-1">{t(`gateGroup.${group}`, { count: of.length })}</h3>
            <ul className="divide-y divide-line border-y border-line">
              {of.map((gate) => (
                <GateLine
                  key={gate.id}
                  gate={gate}
                  current={gate === current}
                  act={
                    <Button
                      look="quiet"
                      className="mt-1 -ml-3"
                      keys={gate === current ? "Enter" : undefined}
                      onPress={() => mend(gate)}
                    >
                      <span>
                        <span className="sr-only">{gate.label}:</span> {t(`why.to.${mendOf(gate, change)}`)}
                      </span>
                    </Button>
                  }
                />
              ))}
            </ul>
          </div>
        ))}
      </div>
      <footer className="border-t border-line px-5 py-2.5 text-xs break-all text-ink-2">
        {t("why.ticket", { url: change.url })}
      </footer>
    </>
  );
}
