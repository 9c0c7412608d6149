import { EyeOff, FileLock } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useCommand } from "../commands/registry";
import { Button } from "../ds/button";
import { Failed } from "../ds/layout";
import { RefusalBody } from "../ds/refusal";
import { moment } from "../ds/time";
import type { WrapUpItem } from "../ipc/contract";
import { useAct, useView } from "../ipc/queries";

/** The edition in which restricted items are withheld: which they are, and its seal. */
export function Circulated({ meeting, items }: { meeting: string; items: WrapUpItem[] }) {
  const { t } = useTranslation();
  const { data, error, refetch } = useView("besideMinutes", { meeting });
  const sign = useAct("requestSigning");
  const open = useAct("openCirculated");
  const view = data?.circulated;
  const seal =
    view && view.restricted.length > 0 && view.sealed === null && view.refusal === null
      ? () => sign.mutate({ subject: { kind: "of_minutes", meeting, word: { act: "circulated" } } })
      : null;
  useCommand("wrapUp.circulate", seal);
  if (error) return <Failed thrown={error} onRetry={() => refetch()} />;
  if (!view || view.restricted.length === 0) return null;
  const title = (number: number) => items.find((item) => item.number === number)?.title ?? "";
  return (
    <section aria-label={t("minutes.circulated")} className="mt-6 border-t border-line pt-4">
      <h3 className="font-semibold">{t("minutes.circulated")}</h3>
      <p className="measure mt-0.5 text-ink-2">{t("minutes.circulatedHint")}</p>
      <ul className="mt-2">
        {view.restricted.map((item) => (
          <li key={item.number} className="flex items-start gap-3 border-t border-line py-1.5">
            <EyeOff size={15} className="mt-0.5 shrink-0 text-ink-2" aria-hidden="true" />
            <span>
              {t("minutes.withheldItem", { number: item.number })}: <span className="num">{item.key}</span>{" "}
              <span className="text-ink-2">{title(item.number)}</span>
            </span>
          </li>
        ))}
      </ul>
      <p className="mt-2">{t("minutes.withheld", { count: view.fields })}</p>
      {view.sealed ? (
        <div className="mt-3 flex flex-wrap items-center gap-3">
          <FileLock size={15} className="shrink-0 text-good" aria-hidden="true" />
          <span className="num grow text-ink-2">
            {t("minutes.circulatedSealed", { when: moment(view.sealed.sealed_at) })}
          </span>
          <Button onPress={() => open.mutate({ meeting })}>{t("minutes.openCirculated")}</Button>
        </div>
      ) : (
        <div className="mt-3">
          {view.refusal ? (
            <RefusalBody refusal={view.refusal} />
          ) : (
            <Button keys="i" isPending={sign.isPending} onPress={() => seal?.()}>
              {t("minutes.circulate")}
            </Button>
          )}
        </div>
      )}
    </section>
  );
}
