import { useNavigate } from "@tanstack/react-router";
import { History } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Button } from "../ds/button";
import { Section } from "../ds/layout";
import { moment } from "../ds/time";
import type { LateAct } from "../ipc/contract";

/** What is kept and counts nowhere. */
export function Late({ acts }: { acts: LateAct[] }) {
  const { t } = useTranslation();
  return (
    <Section title={t("pack.late")}>
      <LateList acts={acts} />
    </Section>
  );
}

export function LateList({ acts }: { acts: LateAct[] }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const when = (act: LateAct) => {
    if (!act.decided_at) return "";
    if (!act.said_at) return t("pack.lateDecided", { decided: moment(act.decided_at) });
    return t("pack.lateSaid", { said: moment(act.said_at), decided: moment(act.decided_at) });
  };
  return (
    <>
      <p className="measure text-ink-2">{t("pack.lateHint")}</p>
      <ul className="mt-2">
        {acts.map((act) => (
          <li
            key={`${act.change} ${act.who} ${act.what} ${act.said_at}`}
            className="flex flex-wrap items-center gap-x-3 gap-y-0.5 border-t border-line py-1.5"
          >
            <History size={14} className="shrink-0 text-warn" aria-hidden="true" />
            <Button look="quiet" onPress={() => navigate({ to: "/changes/$change", params: { change: act.change } })}>
              {act.change}
            </Button>
            <span className="min-w-0 grow">{t("pack.lateAct", { who: act.who, what: act.what })}</span>
            <span className="num text-xs text-ink-2">{when(act)}</span>
          </li>
        ))}
      </ul>
    </>
  );
}
