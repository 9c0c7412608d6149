import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../ds/button";
import { DialogFrame } from "../ds/dialog";
import { Checkbox, Radios } from "../ds/fields";
import type { Preferences } from "../ipc/contract";
import { useAct, useTransport, useView } from "../ipc/queries";

const LEAST = 80;
const MOST = 250;
const STEP = 10;
const BEGIN: Preferences = { theme: "system", scale_percent: 100, single_keys: true };

interface PreferencesValue {
  preferences: Preferences;
  change: (next: Partial<Preferences>) => void;
}

const PreferencesContext = createContext<PreferencesValue | null>(null);

export function usePreferences(): PreferencesValue {
  const value = useContext(PreferencesContext);
  if (!value) throw new Error("usePreferences outside PreferencesProvider");
  return value;
}

const KEPT = "cabinet-preferences";

/** The signing window may call nothing but signing: it looks as the main window last looked. */
function keptPreferences(): Preferences {
  try {
    return { ...BEGIN, ...(JSON.parse(localStorage.getItem(KEPT) ?? "{}") as Partial<Preferences>) };
  } catch {
    return BEGIN;
  }
}

/** Theme and size are two attributes of the document; everything else follows by tokens. */
export function PreferencesProvider({ children }: { children: ReactNode }) {
  const transport = useTransport();
  const [signing] = useState(() => location.hash.startsWith("#/sign"));
  const stored = useView("preferences", undefined, { enabled: !signing }).data;
  const status = useView("appStatus", undefined, { enabled: !signing }).data;
  const [local, setLocal] = useState<Preferences | null>(() => (signing ? keptPreferences() : null));
  const [portalDark, setPortalDark] = useState<boolean | null>(null);
  const save = useAct("setPreferences");
  const preferences = local ?? stored ?? BEGIN;

  useEffect(
    () => transport.subscribe((event) => event.kind === "color_scheme" && setPortalDark(event.dark)),
    [transport],
  );

  // WebKitGTK often says light on a dark desktop: the program asks the portal and tells us.
  const systemDark = portalDark ?? status?.system_dark ?? null;
  const theme =
    preferences.theme === "system" && systemDark !== null ? (systemDark ? "dark" : "light") : preferences.theme;

  useEffect(() => {
    document.documentElement.dataset.theme = theme;
    document.documentElement.style.fontSize = `${preferences.scale_percent}%`;
    if (!signing && (stored || local)) localStorage.setItem(KEPT, JSON.stringify({ ...preferences, theme }));
  }, [theme, preferences, signing, stored, local]);

  const mutate = save.mutate;
  const value = useMemo(
    () => ({
      preferences,
      change: (next: Partial<Preferences>) => {
        const whole = { ...preferences, ...next };
        whole.scale_percent = Math.min(MOST, Math.max(LEAST, whole.scale_percent));
        setLocal(whole);
        mutate(whole);
      },
    }),
    [preferences, mutate],
  );
  return <PreferencesContext value={value}>{children}</PreferencesContext>;
}

const THEMES = ["system", "light", "dark", "high_contrast"] as const;

export function PreferencesDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const { preferences, change } = usePreferences();
  return (
    <DialogFrame title={t("preferences.title")} onClose={onClose}>
      <div className="flex flex-col gap-6">
        <Radios
          label={t("preferences.theme")}
          value={preferences.theme}
          onChange={(theme) => change({ theme: theme as Preferences["theme"] })}
          choices={THEMES.map((theme) => ({ value: theme, label: t(`preferences.theme_${theme}`) }))}
        />
        <div>
          <p className="mb-1.5 font-medium" id="scale-label">
            {t("preferences.scale")}
          </p>
          <div role="group" aria-labelledby="scale-label" className="flex items-center gap-2">
            <Button
              aria-label={t("command.scale.smaller")}
              onPress={() => change({ scale_percent: preferences.scale_percent - STEP })}
            >
              −
            </Button>
            <output className="num w-16 text-center" aria-live="polite">
              {preferences.scale_percent} %
            </output>
            <Button
              aria-label={t("command.scale.larger")}
              onPress={() => change({ scale_percent: preferences.scale_percent + STEP })}
            >
              +
            </Button>
          </div>
        </div>
        <Checkbox checked={preferences.single_keys} onChange={(single_keys) => change({ single_keys })}>
          <span className="font-medium">{t("preferences.singleKeys")}</span>
          <span className="mt-0.5 block text-ink-2">{t("preferences.singleKeysHint")}</span>
        </Checkbox>
      </div>
    </DialogFrame>
  );
}
