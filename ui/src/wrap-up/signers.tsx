import { CircleCheck, Clock, PenLine } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useCommand } from "../commands/registry";
import { Button } from "../ds/button";
import { moment } from "../ds/time";
import type { MinutesSigner } from "../ipc/contract";
import { useAct } from "../ipc/queries";

const ICONS = { signed: CircleCheck, turn: PenLine, later: Clock };

/** Who has signed the minutes, whose turn it is, and the signature itself where that is somebody at this device. */
export function Signers({ meeting, signers }: { meeting: string; signers: MinutesSigner[] }) {
  const { t } = useTranslation();
  const sign = useAct("requestSigning");
  const mine = signers.some((signer) => signer.state === "turn" && signer.here);
  const countersign = () => sign.mutate({ subject: { kind: "countersign", meeting } });
  useCommand("wrapUp.countersign", mine ? countersign : null);
  if (signers.length === 0) return null;
  return (
    <section className="mt-6 border-t border-line pt-4">
      <h3 className="font-semibold">{t("wrapUp.signers")}</h3>
      <ol className="mt-2">
        {signers.map((signer) => (
          <Row key={signer.member.id} signer={signer} />
        ))}
      </ol>
      {mine ? (
        <div className="mt-3">
          <Button keys="n" isPending={sign.isPending} onPress={countersign}>
            {t("wrapUp.countersign")}
          </Button>
        </div>
      ) : null}
    </section>
  );
}

function Row({ signer }: { signer: MinutesSigner }) {
  const { t } = useTranslation();
  const Icon = ICONS[signer.state];
  return (
    <li className="flex items-start gap-3 border-t border-line py-1.5">
      <Icon size={15} className="mt-0.5 shrink-0 text-ink-2" aria-hidden="true" />
      <div className="min-w-0 grow">
        <p>
          <span className="font-medium">{signer.member.name}</span>{" "}
          <span className="text-ink-2">{t(`wrapUp.signerState.${signer.state}`)}</span>
        </p>
        {signer.displaced_by === null ? null : (
          <p className="measure">{t("wrapUp.signerAgain", { name: signer.displaced_by })}</p>
        )}
      </div>
      {signer.signed_at === null ? null : (
        <span className="num shrink-0 text-xs text-ink-2">{moment(signer.signed_at)}</span>
      )}
    </li>
  );
}
