import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { useMemo } from "react";
import { I18nProvider } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { CommandsProvider } from "../commands/registry";
import { NoticesProvider } from "../ds/notices";
import { LOCALE } from "../i18n";
import type { Transport } from "../ipc/contract";
import { TransportProvider } from "../ipc/queries";
import { PreferencesProvider, usePreferences } from "./preferences";
import { makeRouter } from "./router";

export function makeClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        // The program says what changed; nothing is read again on a hunch.
        staleTime: Number.POSITIVE_INFINITY,
        gcTime: 120_000,
        retry: false,
        refetchOnWindowFocus: false,
        networkMode: "always",
      },
      mutations: { networkMode: "always" },
    },
  });
}

export function App({ transport }: { transport: Transport | null }) {
  const { t } = useTranslation();
  const client = useMemo(makeClient, []);
  const router = useMemo(makeRouter, []);
  if (!transport) return <p className="p-8">{t("error.noProgram")}</p>;
  return (
    <I18nProvider locale={LOCALE}>
      <QueryClientProvider client={client}>
        <NoticesProvider>
          <TransportProvider transport={transport}>
            <PreferencesProvider>
              <Keys>
                <RouterProvider router={router} />
              </Keys>
            </PreferencesProvider>
          </TransportProvider>
        </NoticesProvider>
      </QueryClientProvider>
    </I18nProvider>
  );
}

function Keys({ children }: { children: React.ReactNode }) {
  const { preferences } = usePreferences();
  return <CommandsProvider singleKeys={preferences.single_keys}>{children}</CommandsProvider>;
}
