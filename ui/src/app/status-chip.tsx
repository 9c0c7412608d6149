import { useNavigate } from "@tanstack/react-router";
import { CloudAlert, CloudOff, Plug, Wifi } from "lucide-react";
import { Button } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { moment } from "../ds/time";
import type { LinkStatus } from "../ipc/contract";

const LOOK = {
  online: { icon: Wifi, ink: "text-ink-2" },
  offline: { icon: CloudOff, ink: "text-warn" },
  conflict: { icon: CloudAlert, ink: "text-bad" },
  not_connected: { icon: Plug, ink: "text-ink-2" },
} as const;

/** Online, Offline · 3 queued, or Conflict. Nothing is disabled because of it. */
export function StatusChip({ link }: { link: LinkStatus }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { icon: Icon, ink } = LOOK[link.state];
  const words =
    link.queued > 0 && (link.state === "offline" || link.state === "online")
      ? t(`link.${link.state}_queued`, { count: link.queued })
      : t(`link.${link.state}`);
  const when = link.last_synced_at
    ? t("link.lastSynced", { time: moment(link.last_synced_at) })
    : t("link.neverSynced");
  return (
    <Button
      aria-label={`${words}. ${link.reason ?? ""} ${when}`}
      onPress={() => navigate({ to: link.state === "not_connected" ? "/connection" : "/outbox" })}
      className={`num flex h-8 items-center gap-1.5 rounded-md border border-line px-2.5 text-xs font-medium whitespace-nowrap data-[hovered]:bg-sunken ${ink}`}
    >
      <Icon size={14} aria-hidden="true" />
      <span aria-live="polite" className="@max-3xl:sr-only">
        {words}
      </span>
    </Button>
  );
}
