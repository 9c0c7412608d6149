import { useNavigate } from "@tanstack/react-router";
import { CircleCheck, FilePlus2, MessageSquareWarning } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useCommand } from "../commands/registry";
import { Button } from "../ds/button";
import { Failed } from "../ds/layout";
import { RefusalBody } from "../ds/refusal";
import { moment } from "../ds/time";
import type { AnnexAnswer } from "../ipc/contract";
import { useAct, useView } from "../ipc/queries";

/** What members said after the minutes were sealed, and the annexes that tell it. */
export function Annexes({ meeting }: { meeting: string }) {
  const { t } = useTranslation();
  const { data: view, error, refetch } = useView("annexes", { meeting });
  const sign = useAct("requestSigning");
  const open = useAct("openAnnex");
  const navigate = useNavigate();
  const pages = (annex: number) =>
    navigate({ to: "/meetings/$meeting/wrap-up/pages", params: { meeting }, search: { annex } });
  const can = view !== undefined && view.waiting.length > 0 && view.refusal === null;
  const seal = () => sign.mutate({ subject: { kind: "annex", meeting } });
  useCommand("wrapUp.annex", can ? seal : null);
  if (error) return <Failed thrown={error} onRetry={() => refetch()} />;
  if (!view) return null;
  const empty = view.sealed.length > 0 ? "wrapUp.annexAllTold" : "wrapUp.annexNone";
  return (
    <section className="mt-6 border-t border-line pt-4">
      <h3 className="font-semibold">{t("wrapUp.annexes")}</h3>
      <p className="measure mt-0.5 text-ink-2">{t("wrapUp.annexHint")}</p>
      {view.waiting.length === 0 ? <p className="mt-2">{t(empty)}</p> : null}
      <ul className="mt-2">
        {view.sealed.map((annex) => (
          <li key={annex.number} className="flex flex-wrap items-center gap-3 border-t border-line py-1.5">
            <FilePlus2 size={15} className="shrink-0 text-good" aria-hidden="true" />
            <span className="grow">
              {t("wrapUp.annexRow", { number: annex.number })}{" "}
              <span className="num text-xs text-ink-2">
                {t("wrapUp.annexSealed", { when: moment(annex.sealed_at) })}
              </span>
            </span>
            <Button look="quiet" onPress={() => pages(annex.number)}>
              <span>
                <span className="sr-only">{t("wrapUp.annexRow", { number: annex.number })}: </span>
                {t("preview.read")}
              </span>
            </Button>
            <Button look="quiet" onPress={() => open.mutate({ meeting, number: annex.number })}>
              <span>
                <span className="sr-only">{t("wrapUp.annexRow", { number: annex.number })}: </span>
                {t("wrapUp.annexOpen")}
              </span>
            </Button>
          </li>
        ))}
        {view.waiting.map((answer) => (
          <Waiting key={`${answer.member} ${answer.item} ${answer.recorded} ${answer.time}`} answer={answer} />
        ))}
      </ul>
      {view.waiting.length > 0 ? (
        <div className="mt-3">
          {view.refusal ? (
            <RefusalBody refusal={view.refusal} />
          ) : (
            <Button keys="a" isPending={sign.isPending} onPress={seal}>
              {t("wrapUp.annexSeal")}
            </Button>
          )}
        </div>
      ) : null}
    </section>
  );
}

function Waiting({ answer }: { answer: AnnexAnswer }) {
  const { t } = useTranslation();
  const { member: name, item, recorded, instead } = answer;
  return (
    <li className="flex items-start gap-3 border-t border-line py-1.5">
      {instead === null ? (
        <CircleCheck size={15} className="mt-0.5 shrink-0 text-good" aria-hidden="true" />
      ) : (
        <MessageSquareWarning size={15} className="mt-0.5 shrink-0 text-warn" aria-hidden="true" />
      )}
      <div className="min-w-0 grow">
        <p>
          <span className="font-medium">
            {instead === null ? t("wrapUp.annexSame", { name }) : t("wrapUp.annexNot", { name })}
          </span>{" "}
          <span className="text-ink-2">{item === null ? recorded : t("wrapUp.annexAbout", { recorded, item })}</span>
        </p>
        {instead === null ? null : <p className="measure">{t("wrapUp.annexSays", { reason: instead })}</p>}
      </div>
      <span className="num shrink-0 text-xs text-ink-2">{answer.time}</span>
    </li>
  );
}
