import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useCommand } from "../commands/registry";
import { FreezeOffers } from "../dispensations/offers";
import { Button } from "../ds/button";
import { Facts, Failed, Reading, Section } from "../ds/layout";
import { useView } from "../ipc/queries";
import { InTheWay } from "./in-the-way";
import { Reschedule } from "./reschedule";

interface Shown {
  change: string;
  zone: string;
  /** The command of the screen that moves the window. */
  command: "change.reschedule" | "calendar.reschedule";
  more?: [string, string][];
}

/** A change's schedule: in its zone and in mine, what is in its way, and when the same hours are free. */
export function Schedule({ change, zone, command, more = [] }: Shown) {
  const { t } = useTranslation();
  const [moving, setMoving] = useState(false);
  const view = useView("schedule", { change, zone });
  useCommand(command, view.data ? () => setMoving(true) : null);
  if (view.error) return <Failed thrown={view.error} onRetry={() => view.refetch()} />;
  if (!view.data) return <Reading />;
  const { planned, elsewhere, minutes, conflicts, freezes, coverage, deployments } = view.data;
  const { next, no_next: noNext } = view.data;
  const facts: [string, string][] = [[t("calendar.planned"), planned ?? t("calendar.noWindow")]];
  if (elsewhere) facts.push([t("calendar.here"), elsewhere]);
  if (minutes !== null) facts.push([t("calendar.length"), t("common.minutes", { count: minutes })]);
  return (
    <div className="flex max-w-[48rem] flex-col gap-5">
      {moving ? <Reschedule change={change} window={view.data.window} onClose={() => setMoving(false)} /> : null}
      <Facts facts={[...facts, ...more]} />
      <InTheWay conflicts={conflicts} freezes={freezes} coverage={coverage} />
      {freezes.some((freeze) => freeze.hard) ? <FreezeOffers change={change} /> : null}
      {planned && conflicts.length === 0 && freezes.length === 0 ? <p>{t("calendar.free")}</p> : null}
      {deployments.length > 0 ? (
        <Section title={t("calendar.deployments")}>
          <ul className="num">
            {deployments.map((told) => (
              <li key={told}>{told}</li>
            ))}
          </ul>
        </Section>
      ) : null}
      {next || noNext ? (
        <Section title={t("calendar.next")}>
          <p className="num">{next?.local ?? noNext}</p>
        </Section>
      ) : null}
      <div>
        <Button keys="l" onPress={() => setMoving(true)}>
          {t("reschedule.move")}
        </Button>
      </div>
    </div>
  );
}
