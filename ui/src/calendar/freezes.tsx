import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useCommand } from "../commands/registry";
import { Button } from "../ds/button";
import { EmptyState, Failed, Reading } from "../ds/layout";
import { useView } from "../ipc/queries";
import { MINE } from "./days";
import { FreezeList } from "./freeze-list";
import { ImportFreezes } from "./import-freezes";

/** Every freeze of the policy, and a calendar's file as freezes before anybody takes them into a policy. */
export function Freezes() {
  const { t } = useTranslation();
  const [importing, setImporting] = useState(false);
  const view = useView("freezes", { zone: MINE });
  useCommand("freezes.import", () => setImporting(true));
  if (view.error) return <Failed thrown={view.error} onRetry={() => view.refetch()} />;
  if (!view.data) return <Reading />;
  const { policy, blocks, freezes } = view.data;
  const bring = (
    <Button keys="i" onPress={() => setImporting(true)}>
      {t("freezes.import")}
    </Button>
  );
  return (
    <div className="flex h-full flex-col">
      {importing ? <ImportFreezes onClose={() => setImporting(false)} /> : null}
      <header className="flex h-12 shrink-0 items-center gap-4 border-b border-line px-6">
        <h1 className="font-semibold">{t("freezes.title")}</h1>
        <p className="min-w-0 grow truncate text-ink-2">{t(blocks ? "freezes.blocks" : "freezes.warns", { policy })}</p>
        {freezes.length > 0 ? bring : null}
      </header>
      {freezes.length === 0 ? (
        <EmptyState title={t("freezes.empty")} action={bring}>
          {t("freezes.emptyHint")}
        </EmptyState>
      ) : (
        <div className="scroll min-h-0 grow px-6 py-5" tabIndex={0}>
          <FreezeList freezes={freezes.map((row) => ({ ...row.freeze, over: row.over }))} />
        </div>
      )}
    </div>
  );
}
