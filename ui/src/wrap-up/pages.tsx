import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { ArrowLeft } from "lucide-react";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { useLayer } from "../commands/registry";
import { IconButton } from "../ds/button";
import type { DocumentAsked } from "../ipc/contract";
import { useTransport, useView } from "../ipc/queries";
import { partOf, type Source } from "../preview/bytes";
import { Preview } from "../preview/preview";
import { sealedKey } from "./minutes-source";

/** What a meeting left on paper, page by page: its minutes, or what was sealed beside them. */
export function Pages() {
  const { t } = useTranslation();
  const { meeting } = useParams({ from: "/shell/meetings/$meeting/wrap-up/pages" });
  const { annex, erratum, circulated } = useSearch({ from: "/shell/meetings/$meeting/wrap-up/pages" });
  const transport = useTransport();
  const navigate = useNavigate();
  const view = useView("wrapUp", { meeting }).data;
  const back = () => navigate({ to: "/meetings/$meeting/wrap-up", params: { meeting } });
  useLayer(true, back);
  const read = useCallback<Source>(
    async (page) => {
      const document: DocumentAsked =
        annex !== undefined
          ? { kind: "annex", meeting, number: annex }
          : erratum !== undefined
            ? { kind: "erratum", meeting, number: erratum }
            : { kind: circulated ? "circulated" : "minutes", meeting };
      return partOf(await transport.documentPage({ document, page }));
    },
    [transport, meeting, annex, erratum, circulated],
  );
  const beside =
    annex !== undefined
      ? t("preview.annex", { number: annex })
      : erratum !== undefined
        ? t("preview.erratum", { number: erratum })
        : circulated
          ? t("preview.circulated")
          : null;
  const key = beside === null && view ? sealedKey(meeting, view.minutes) : null;
  const title = beside ?? t("preview.minutes");
  return (
    <div className="flex h-full flex-col">
      <header className="flex shrink-0 items-center gap-3 border-b border-line px-3 py-2">
        <IconButton label={t("common.back")} keys="Escape" icon={<ArrowLeft size={16} />} onPress={back} />
        <h1 className="text-lg font-semibold">{title}</h1>
        <p className="min-w-0 grow truncate text-ink-2">{view?.meeting.title}</p>
        {beside === null && view ? (
          <p className="text-ink-2">{t(`wrapUp.minutesState.${view.minutes.state}`)}</p>
        ) : null}
      </header>
      <div className="min-h-0 grow">
        <Preview name={title} read={read} prepared={key} />
      </div>
    </div>
  );
}
