import { BookOpen } from "lucide-react";
import { useCallback, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useCommand } from "../commands/registry";
import { Button } from "../ds/button";
import { Section } from "../ds/layout";
import type { DocumentVerdict } from "../ipc/contract";
import { useTransport } from "../ipc/queries";
import { partOf, type Source, wholeOfText } from "../preview/bytes";
import { Preview } from "../preview/preview";
import { discard, usePrepared } from "../preview/ready";
import type { Chosen } from "./asked";

/** Scrolls what was just opened to where it can be seen. */
function intoSight(element: HTMLElement | null): void {
  element?.scrollIntoView?.({ block: "nearest" });
}

/** The pages of a document that was verified: of the very file of which the verdict speaks. */
export function Pages({ asked, verdict }: { asked: Chosen; verdict: DocumentVerdict }) {
  const { t } = useTranslation();
  const transport = useTransport();
  const [shown, setShown] = useState(false);
  const { path, name, content } = asked;
  const { sha256, refused } = verdict;
  const read = useCallback<Source>(
    async (page) =>
      name === ""
        ? partOf(await transport.documentPage({ document: { kind: "verified", path, sha256 }, page }))
        : wholeOfText(content),
    [transport, name, path, content, sha256],
  );
  // Of a refused one nothing is read before somebody wants to see it.
  const key = name === "" && !refused ? `verified ${sha256} ${path}` : null;
  usePrepared(shown ? null : key, read);
  useEffect(() => discard, []);
  const toggle = () => setShown((before) => !before);
  useCommand("verify.pages", toggle);
  return (
    <Section
      title={t("preview.title")}
      aside={
        <Button keys="l" icon={<BookOpen size={15} />} aria-expanded={shown} onPress={toggle}>
          {t(shown ? "preview.hide" : "preview.show")}
        </Button>
      }
    >
      {shown && refused ? <p className="mb-2 font-medium text-bad">{t("preview.refused")}</p> : null}
      {shown ? (
        <div ref={intoSight} className="h-[80vh] min-h-80 border border-line">
          <Preview name={verdict.name} read={read} prepared={key} />
        </div>
      ) : null}
    </Section>
  );
}
