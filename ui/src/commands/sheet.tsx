import { useTranslation } from "react-i18next";
import { DialogFrame } from "../ds/dialog";
import { Kbd } from "../ds/kbd";
import { COMMAND_IDS, entryOf, SCOPES } from "./catalogue";

/** `?`: every command with its key, by screen. */
export function Sheet({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <DialogFrame title={t("sheet.title")} onClose={onClose} wide>
      <div className="columns-1 gap-8 md:columns-2 lg:columns-3">
        {SCOPES.map((scope) => {
          const ids = COMMAND_IDS.filter((id) => entryOf(id).scope === scope);
          return (
            <section key={scope} className="mb-5 break-inside-avoid">
              <h3 className="eyebrow mb-1">{t(`scope.${scope}`)}</h3>
              <dl>
                {ids.map((id) => (
                  <div key={id} className="flex items-center justify-between gap-3 border-b border-line py-1">
                    <dt>{t(`command.${id}`)}</dt>
                    <dd className="flex gap-2">
                      {entryOf(id).keys.map((keys) => (
                        <span key={keys}>
                          <Kbd keys={keys === " " ? "Space" : keys} />
                          <span className="sr-only">{keys === " " ? "Space" : keys}</span>
                        </span>
                      ))}
                    </dd>
                  </div>
                ))}
              </dl>
            </section>
          );
        })}
      </div>
    </DialogFrame>
  );
}
