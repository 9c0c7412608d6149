import { Link, Navigate, Outlet, useLocation, useNavigate } from "@tanstack/react-router";
import { Check, ChevronDown, Search, Sparkles } from "lucide-react";
import { useEffect, useState } from "react";
import { Button, Menu, MenuItem, MenuSection, MenuTrigger, Popover, Separator } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { Palette } from "../commands/palette";
import { useCommand, useRegistry } from "../commands/registry";
import { Sheet } from "../commands/sheet";
import { Kbd } from "../ds/kbd";
import { Failed, Reading } from "../ds/layout";
import { useNotices } from "../ds/notices";
import type { AppStatus } from "../ipc/contract";
import { useAct, useShow, useView } from "../ipc/queries";
import { Drops } from "../verify/drops";
import { useDeepLinks } from "./deep-links";
import { News, waitsInRecord } from "./news";
import { PreferencesDialog, usePreferences } from "./preferences";
import { usePresence } from "./presence";
import { ProgressStrip } from "./progress";
import { focusRegion } from "./regions";
import { StatusChip } from "./status-chip";

type Layer = "palette" | "sheet" | "preferences" | null;

export function Shell() {
  const status = useView("appStatus");
  const [layer, setLayer] = useState<Layer>(null);
  const navigate = useNavigate();
  const { closeLayer } = useRegistry();
  const { dismissAll } = useNotices();
  const { preferences, change } = usePreferences();
  const sync = useAct("sync");
  useDeepLinks();
  usePresence();

  // A new screen takes the keyboard, unless something in it already has.
  const path = useLocation({ select: (location) => location.pathname });
  // biome-ignore lint/correctness/useExhaustiveDependencies: only the path counts
  useEffect(() => {
    if (document.activeElement === document.body) document.getElementById("content")?.focus({ preventScroll: true });
  }, [path]);

  useCommand("palette.open", () => setLayer("palette"));
  useCommand("sheet.open", () => setLayer("sheet"));
  useCommand("preferences.open", () => setLayer("preferences"));
  useCommand("layer.close", () => {
    if (dismissAll()) return;
    if (closeLayer()) return;
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  });
  useCommand("region.next", () => focusRegion(1));
  useCommand("region.previous", () => focusRegion(-1));
  useCommand("go.changes", () => navigate({ to: "/changes" }));
  useCommand("go.meetings", () => navigate({ to: "/meetings" }));
  useCommand("go.calendar", () => navigate({ to: "/calendar" }));
  useCommand("go.freezes", () => navigate({ to: "/freezes" }));
  useCommand("go.releases", () => navigate({ to: "/releases" }));
  useCommand("go.emergencies", () => navigate({ to: "/emergencies" }));
  useCommand("go.outbox", () => navigate({ to: "/outbox" }));
  useCommand("go.record", () => navigate({ to: "/record" }));
  useCommand("go.spoken", () => navigate({ to: "/spoken" }));
  useCommand("go.policy", () => navigate({ to: "/policy" }));
  useCommand("go.verify", () => navigate({ to: "/verify" }));
  useCommand("go.connection", () => navigate({ to: "/connection" }));
  useCommand("sync.start", status.data?.link.state === "not_connected" ? null : () => sync.mutate(undefined));
  useCommand("scale.larger", () => change({ scale_percent: preferences.scale_percent + 10 }));
  useCommand("scale.smaller", () => change({ scale_percent: preferences.scale_percent - 10 }));
  useCommand("scale.normal", () => change({ scale_percent: 100 }));

  if (status.error) return <Failed thrown={status.error} onRetry={() => status.refetch()} />;
  if (!status.data) return <Reading />;
  if (!status.data.board) return <Navigate to="/welcome" replace />;

  return (
    <div className="@container flex h-full flex-col">
      <TopBar status={status.data} onLayer={setLayer} />
      <SampleBanner status={status.data} />
      <News news={status.data.record} />
      <ProgressStrip />
      <main id="content" tabIndex={-1} className="min-h-0 grow outline-none">
        <Outlet />
      </main>
      <Drops to="/verify" />
      <TypedSequence />
      {layer === "palette" ? (
        <Palette
          onClose={() => setLayer(null)}
          onChange={(id) => navigate({ to: "/changes/$change", params: { change: id } })}
        />
      ) : null}
      {layer === "sheet" ? <Sheet onClose={() => setLayer(null)} /> : null}
      {layer === "preferences" ? <PreferencesDialog onClose={() => setLayer(null)} /> : null}
    </div>
  );
}

const TAB =
  "flex h-full items-center gap-1.5 border-b-2 border-transparent px-0.5 text-ink-2 hover:text-ink data-[status=active]:border-accent data-[status=active]:font-medium data-[status=active]:text-ink";

function TopBar({ status, onLayer }: { status: AppStatus; onLayer: (layer: Layer) => void }) {
  const { t } = useTranslation();
  const waiting = waitsInRecord(status.record);
  return (
    <header
      data-region="bar"
      className="flex h-12 shrink-0 items-center gap-6 border-b border-line bg-canvas px-4 @max-4xl:gap-3"
    >
      <button
        type="button"
        className="sr-only focus:not-sr-only"
        onClick={() => document.getElementById("content")?.focus()}
      >
        {t("nav.skip")}
      </button>
      <p className="flex min-w-0 items-center gap-2.5">
        <BoardGlyph />
        <span className="truncate font-semibold @max-4xl:sr-only">{status.board?.name}</span>
      </p>
      <nav aria-label={t("nav.label")} className="flex h-full items-stretch gap-5 @max-4xl:gap-3">
        <Link to="/changes" className={TAB}>
          {t("nav.changes")}
        </Link>
        <Link to="/meetings" className={TAB}>
          {t("nav.meetings")}
          {status.meeting_in_session ? (
            <span className="size-2 rounded-full bg-accent" role="img" aria-label={t("nav.inSession")} />
          ) : null}
        </Link>
        <Link to="/calendar" className={TAB}>
          {t("nav.calendar")}
        </Link>
        <Link to="/outbox" className={TAB}>
          {t("nav.outbox")}
          {status.link.queued > 0 ? <span className="num text-xs text-ink-2">{status.link.queued}</span> : null}
        </Link>
        <Link to="/record" className={TAB}>
          {t("nav.record")}
          {waiting > 0 ? (
            <span
              role="img"
              className="num rounded-full bg-accent px-1.5 text-xs text-on-accent"
              aria-label={t("nav.recordWaits", { count: waiting })}
            >
              {waiting}
            </span>
          ) : null}
        </Link>
        {/* Where there is little room the menu of whoever looks has it, and g p. */}
        <Link to="/policy" className={`${TAB} @max-4xl:hidden`}>
          {t("nav.policy")}
        </Link>
        <Link to="/connection" className={TAB}>
          {t("nav.connection")}
        </Link>
      </nav>
      <div className="grow" />
      <Button
        onPress={() => onLayer("palette")}
        className="flex h-8 w-52 min-w-8 items-center gap-2 rounded-md border border-line-strong bg-paper px-2.5 text-left text-ink-2 data-[hovered]:bg-sunken @max-4xl:w-auto @max-4xl:shrink-0"
      >
        <Search size={14} aria-hidden="true" className="shrink-0" />
        <span className="grow truncate @max-4xl:sr-only">{t("nav.find")}</span>
        <span className="@max-4xl:hidden">
          <Kbd keys="Mod+k" />
        </span>
      </Button>
      <StatusChip link={status.link} />
      <MeMenu status={status} onLayer={onLayer} />
    </header>
  );
}

/** Three drawers of a cabinet; the middle one slightly open. */
function BoardGlyph() {
  return (
    <svg viewBox="0 0 20 20" className="size-5 shrink-0 text-accent" aria-hidden="true">
      <rect x="2.5" y="2" width="15" height="4.6" rx="1" fill="none" stroke="currentColor" strokeWidth="1.4" />
      <rect x="1" y="7.7" width="18" height="4.6" rx="1" fill="currentColor" />
      <rect x="2.5" y="13.4" width="15" height="4.6" rx="1" fill="none" stroke="currentColor" strokeWidth="1.4" />
      <path d="M8.2 4.3h3.6M8.2 15.7h3.6" stroke="currentColor" strokeWidth="1.4" strokeLinecap="round" />
      <path d="M8.2 10h3.6" stroke="var(--canvas)" strokeWidth="1.4" strokeLinecap="round" />
    </svg>
  );
}

function MeMenu({ status, onLayer }: { status: AppStatus; onLayer: (layer: Layer) => void }) {
  const { t } = useTranslation();
  const show = useShow();
  const navigate = useNavigate();
  const members = useView("members").data ?? [];
  const setMe = useAct("setMe", { onDone: (answer) => show("appStatus", undefined, answer) });
  const me = status.me;
  return (
    <MenuTrigger>
      <Button
        aria-label={t("nav.me", { name: me?.name ?? "" })}
        className="flex h-8 items-center gap-1.5 rounded-md px-2 text-ink-2 data-[hovered]:bg-sunken data-[hovered]:text-ink"
      >
        <span className="max-w-36 truncate @max-4xl:max-w-20 @max-3xl:hidden">{me?.name}</span>
        <ChevronDown size={14} aria-hidden="true" />
      </Button>
      <Popover placement="bottom end" className="min-w-64 rounded-md border border-line-strong bg-paper p-1">
        <Menu
          className="outline-none"
          onAction={(key) => {
            if (key === "preferences" || key === "sheet") onLayer(key);
            else if (key === "policy") void navigate({ to: "/policy" });
            else if (key === "verify") void navigate({ to: "/verify" });
            else setMe.mutate({ member: String(key) });
          }}
        >
          {members.some((row) => row.has_key) ? (
            <MenuSection aria-label={t("nav.lookingAs")}>
              {members
                .filter((row) => row.has_key)
                .map((row) => (
                  <MenuItem key={row.member.id} id={row.member.id} textValue={row.member.name} className={MENU_ITEM}>
                    <span className="w-4">{row.member.id === me?.id ? <Check size={14} /> : null}</span>
                    <span className="grow">{row.member.name}</span>
                    <span className="text-xs text-ink-2">{row.seat}</span>
                  </MenuItem>
                ))}
            </MenuSection>
          ) : null}
          <Separator className="my-1 border-t border-line" />
          <MenuItem id="policy" className={MENU_ITEM}>
            <span className="w-4" />
            <span className="grow">{t("nav.policy")}</span>
            <Kbd keys="g p" />
          </MenuItem>
          <MenuItem id="verify" className={MENU_ITEM}>
            <span className="w-4" />
            <span className="grow">{t("nav.verify")}</span>
            <Kbd keys="g v" />
          </MenuItem>
          <MenuItem id="preferences" className={MENU_ITEM}>
            <span className="w-4" />
            <span className="grow">{t("nav.preferences")}</span>
            <Kbd keys="Mod+," />
          </MenuItem>
          <MenuItem id="sheet" className={MENU_ITEM}>
            <span className="w-4" />
            <span className="grow">{t("nav.shortcuts")}</span>
            <Kbd keys="?" />
          </MenuItem>
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}

const MENU_ITEM =
  "flex min-h-8 items-center gap-2 rounded-sm px-2 py-1 outline-none data-[focused]:bg-accent-soft data-[focused]:text-ink";

/** Says what is not real; of the published PINs, the one of the person who looks, the others on request. */
function SampleBanner({ status }: { status: AppStatus }) {
  const { t } = useTranslation();
  const [all, setAll] = useState(false);
  if (!status.board?.sample) return null;
  const pins = (status.board.sample_pin ?? "").split(" · ").filter(Boolean);
  const mine = pins.find((pin) => pin.startsWith(status.me?.name ?? " ")) ?? pins[0];
  return (
    <aside
      aria-label={t("nav.sampleLabel")}
      className="flex shrink-0 flex-wrap items-center gap-x-2 border-b border-line bg-warn-soft px-4 py-1 text-xs text-warn"
    >
      <Sparkles size={13} aria-hidden="true" className="shrink-0" />
      <span>{t("nav.sample")}</span>
      {pins.length > 0 ? (
        <span className="font-semibold">{t("nav.samplePin", { pin: all ? pins.join(" · ") : mine })}</span>
      ) : null}
      {pins.length > 1 ? (
        <button type="button" onClick={() => setAll(!all)} className="rounded-sm px-1 underline underline-offset-2">
          {all ? t("nav.samplePinsLess") : t("nav.samplePinsAll", { count: pins.length })}
        </button>
      ) : null}
    </aside>
  );
}

/** What was typed of a sequence, so that `g` is not a silent wait. */
function TypedSequence() {
  const { t } = useTranslation();
  const { typed } = useRegistry();
  if (typed.length === 0) return null;
  return (
    <p className="num fixed bottom-4 left-4 z-30 rounded-md border border-line-strong bg-paper px-2 py-1 text-sm">
      {t("nav.sequence", { typed: typed.join(" ") })}
    </p>
  );
}
