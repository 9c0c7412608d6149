import { CircleAlert, KeyRound } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../ds/button";
import { Checkbox, TextField } from "../ds/fields";
import type { AppStatus, EnrolmentTerms } from "../ipc/contract";

/** The PIN, and the sentence it stands for. Nothing else on this page. */
export function PinStep(props: {
  terms: EnrolmentTerms;
  keystore: AppStatus["keystore"];
  busy: boolean;
  /** What the PIN is chosen for, on the button. */
  act: string;
  onBack: () => void;
  onPin: (pin: string) => void;
}) {
  const { t } = useTranslation();
  const [pin, setPin] = useState("");
  const [again, setAgain] = useState("");
  const [accepted, setAccepted] = useState(false);
  const [tried, setTried] = useState(false);
  const { terms, keystore } = props;
  const weak = pin.length < terms.least_pin_length || /^\d+$/.test(pin);
  const differs = again !== pin;
  const submit = () => {
    setTried(true);
    if (!weak && !differs && accepted) props.onPin(pin);
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
      className="flex flex-col gap-5"
    >
      <div className="grid grid-cols-2 gap-4">
        <TextField
          type="password"
          label={t("firstRun.pin.pin")}
          value={pin}
          onChange={setPin}
          hint={terms.pin_rule}
          error={tried && weak ? terms.pin_rule : null}
          autoFocus
        />
        <TextField
          type="password"
          label={t("firstRun.pin.again")}
          value={again}
          onChange={setAgain}
          error={tried && differs ? t("firstRun.pin.differs") : null}
        />
      </div>
      <div className="rounded-md border border-line-strong bg-paper px-4 py-3.5">
        <Checkbox checked={accepted} onChange={setAccepted}>
          <span className="text-base">{terms.sentence}</span>
        </Checkbox>
        {tried && !accepted ? (
          <p role="alert" className="mt-2 flex items-center gap-1.5 text-xs text-bad">
            <CircleAlert size={13} aria-hidden="true" /> {t("firstRun.pin.accept")}
          </p>
        ) : null}
      </div>
      <p className="flex items-start gap-2 text-ink-2">
        <KeyRound size={15} className="mt-0.5 shrink-0" aria-hidden="true" />
        {t(keystore.state === "available" ? "firstRun.pin.keyIn" : "firstRun.pin.keyNot", {
          place: t(`keySource.${keystore.source}`),
        })}
      </p>
      <div className="flex items-center gap-2 border-t border-line pt-5">
        <Button look="primary" type="submit" isPending={props.busy}>
          {props.act}
        </Button>
        <Button onPress={props.onBack}>{t("common.back")}</Button>
      </div>
    </form>
  );
}
