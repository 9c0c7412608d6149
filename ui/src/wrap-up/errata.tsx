import { FileExclamationPoint, TriangleAlert } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useCommand } from "../commands/registry";
import { Button } from "../ds/button";
import { TextArea } from "../ds/fields";
import { FormDialog } from "../ds/form-dialog";
import { RefusalBody } from "../ds/refusal";
import { moment } from "../ds/time";
import { useAct, useView } from "../ipc/queries";

/** What is wrong in sealed minutes, said in documents beside them. */
export function Errata({ meeting }: { meeting: string }) {
  const { t } = useTranslation();
  // What cannot be read is said by the circulated edition, which stands in the same view.
  const view = useView("besideMinutes", { meeting }).data?.errata;
  const [writing, setWriting] = useState(false);
  const sign = useAct("requestSigning", { onDone: () => setWriting(false) });
  const open = useAct("openErratum");
  const seal = (wrong: string, right: string) =>
    sign.mutate({ subject: { kind: "of_minutes", meeting, word: { act: "erratum", wrong, right } } });
  const write = view?.refusal === null ? () => setWriting(true) : null;
  useCommand("wrapUp.erratum", write);
  if (!view) return null;
  return (
    <section aria-label={t("minutes.errata")} className="mt-6 border-t border-line pt-4">
      <h3 className="font-semibold">{t("minutes.errata")}</h3>
      <p className="measure mt-0.5 text-ink-2">{t("minutes.errataHint")}</p>
      {view.sealed.length + view.untold.length === 0 ? <p className="mt-2">{t("minutes.noErrata")}</p> : null}
      <ul className="mt-2">
        {view.sealed.map((one) => (
          <li key={one.number} className="flex flex-wrap items-center gap-3 border-t border-line py-1.5">
            <FileExclamationPoint size={15} className="shrink-0 text-ink-2" aria-hidden="true" />
            <span className="grow">
              {t("minutes.erratumRow", { number: one.number })}{" "}
              <span className="num text-xs text-ink-2">{t("wrapUp.annexSealed", { when: moment(one.sealed_at) })}</span>
            </span>
            <Button look="quiet" onPress={() => open.mutate({ meeting, number: one.number })}>
              <span>
                <span className="sr-only">{t("minutes.erratumRow", { number: one.number })}: </span>
                {t("minutes.openPdf")}
              </span>
            </Button>
          </li>
        ))}
        {view.untold.map((said) => (
          <li key={`${said.wrong} ${said.right}`} className="flex items-start gap-3 border-t border-line py-1.5">
            <TriangleAlert size={15} className="mt-0.5 shrink-0 text-warn" aria-hidden="true" />
            <div>
              <p className="font-medium">{t("minutes.untold")}</p>
              <p className="measure">{t("minutes.untoldRow", { wrong: said.wrong, right: said.right })}</p>
            </div>
          </li>
        ))}
      </ul>
      {view.refusal ? (
        <div className="mt-3">
          <RefusalBody refusal={view.refusal} />
        </div>
      ) : (
        <div className="mt-3 flex flex-wrap gap-2">
          {view.untold.length > 0 ? (
            <Button isPending={sign.isPending} onPress={() => seal("", "")}>
              {t("minutes.sealUntold")}
            </Button>
          ) : null}
          <Button keys="e" onPress={() => setWriting(true)}>
            {t("minutes.erratum")}
          </Button>
        </div>
      )}
      {writing ? <Write busy={sign.isPending} onSeal={seal} onClose={() => setWriting(false)} /> : null}
    </section>
  );
}

function Write(props: { busy: boolean; onSeal: (wrong: string, right: string) => void; onClose: () => void }) {
  const { t } = useTranslation();
  const [wrong, setWrong] = useState("");
  const [right, setRight] = useState("");
  const same = wrong.trim() !== "" && wrong.trim() === right.trim();
  return (
    <FormDialog
      title={t("minutes.erratumTitle")}
      act={t("minutes.goOn")}
      busy={props.busy}
      ready={wrong.trim() !== "" && right.trim() !== "" && !same}
      onAct={() => props.onSeal(wrong.trim(), right.trim())}
      onClose={props.onClose}
    >
      <p className="measure">{t("minutes.errataHint")}</p>
      <TextArea label={t("minutes.wrong")} value={wrong} onChange={setWrong} rows={3} required autoFocus />
      <TextArea
        label={t("minutes.right")}
        value={right}
        onChange={setRight}
        error={same ? t("minutes.sameErratum") : null}
        rows={3}
        required
      />
      <p className="measure font-medium text-warn">{t("minutes.cannotUndo")}</p>
    </FormDialog>
  );
}
