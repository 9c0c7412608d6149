import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { ArrowLeft } from "lucide-react";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { useLayer } from "../commands/registry";
import { IconButton } from "../ds/button";
import { useTransport, useView } from "../ipc/queries";
import { bytesOf } from "../preview/bytes";
import { Preview } from "../preview/preview";

/** What a meeting left on paper, page by page: its minutes, or an annex or erratum to them. */
export function Pages() {
  const { t } = useTranslation();
  const { meeting } = useParams({ from: "/shell/meetings/$meeting/wrap-up/pages" });
  const { annex, erratum } = useSearch({ from: "/shell/meetings/$meeting/wrap-up/pages" });
  const transport = useTransport();
  const navigate = useNavigate();
  const view = useView("wrapUp", { meeting }).data;
  const back = () => navigate({ to: "/meetings/$meeting/wrap-up", params: { meeting } });
  useLayer(true, back);
  const read = useCallback(async () => {
    if (annex !== undefined) return bytesOf(await transport.documentBytes({ kind: "annex", meeting, number: annex }));
    if (erratum !== undefined)
      return bytesOf(await transport.documentBytes({ kind: "erratum", meeting, number: erratum }));
    return bytesOf(await transport.documentBytes({ kind: "minutes", meeting }));
  }, [transport, meeting, annex, erratum]);
  const title =
    annex !== undefined
      ? t("preview.annex", { number: annex })
      : erratum !== undefined
        ? t("preview.erratum", { number: erratum })
        : t("preview.minutes");
  const ofMinutes = annex === undefined && erratum === undefined;
  return (
    <div className="flex h-full flex-col">
      <header className="flex shrink-0 items-center gap-3 border-b border-line px-3 py-2">
        <IconButton label={t("common.back")} keys="Escape" icon={<ArrowLeft size={16} />} onPress={back} />
        <h1 className="text-lg font-semibold">{title}</h1>
        <p className="min-w-0 grow truncate text-ink-2">{view?.meeting.title}</p>
        {ofMinutes && view ? <p className="text-ink-2">{t(`wrapUp.minutesState.${view.minutes.state}`)}</p> : null}
      </header>
      <div className="min-h-0 grow">
        <Preview name={title} read={read} />
      </div>
    </div>
  );
}
