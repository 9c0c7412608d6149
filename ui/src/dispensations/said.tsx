import { Link } from "@tanstack/react-router";
import { CircleCheck, CircleDashed, Hourglass } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../ds/button";
import { moment } from "../ds/time";
import type { SaidWord } from "../ipc/contract";
import { useView } from "../ipc/queries";
import { Why } from "./acts";
import { Second, useWhat } from "./forms";

/** What was said of a change, in force or not; what waits can be seconded, and the member's own words taken back. */
export function SaidList(props: {
  words: SaidWord[];
  onSecond: (word: SaidWord) => void;
  onTakeBack: (word: SaidWord) => void;
}) {
  const { t } = useTranslation();
  const { words, onSecond, onTakeBack } = props;
  const first = words.find((word) => word.waits);
  const own = words.find((word) => word.own !== null);
  return (
    <>
      <p className="measure text-ink-2">{t("dispensations.saidHint")}</p>
      <ul className="mt-2 divide-y divide-line border-y border-line">
        {words.map((word) => (
          <li key={word.entry} className="flex flex-wrap items-start gap-3 py-2.5">
            <Word word={word} />
            {word.waits ? <SecondIt word={word} keys={word === first} onPress={() => onSecond(word)} /> : null}
            {word.own !== null ? <TakeItBack word={word} keys={word === own} onPress={() => onTakeBack(word)} /> : null}
          </li>
        ))}
      </ul>
    </>
  );
}

function Word({ word }: { word: SaidWord }) {
  const { t } = useTranslation();
  const what = useWhat();
  const Icon = word.in_force ? CircleCheck : word.waits ? Hourglass : CircleDashed;
  const ink = word.in_force ? "text-good" : word.waits ? "text-warn" : "text-ink-2";
  const about = [t("dispensations.by", { name: word.by })];
  if (word.second) about.push(t("dispensations.seconded", { name: word.second }));
  if (word.until) about.push(t("dispensations.until", { when: moment(word.until) }));
  return (
    <>
      <Icon size={15} className={`mt-0.5 shrink-0 ${ink}`} aria-hidden="true" />
      <div className="min-w-64 grow basis-0">
        <p className="break-words">{what(word)}</p>
        <p className="num text-xs text-ink-2">{about.join(" · ")}</p>
        <p className="measure break-words">{[word.reason, word.second_reason].filter(Boolean).join(" / ")}</p>
        <p className={ink}>{word.state}</p>
        {word.taken_back.map((line) => (
          <p key={line} className="measure break-words text-ink-2">
            {line}
          </p>
        ))}
        {word.refusal ? <Why refusal={word.refusal} /> : null}
      </div>
    </>
  );
}

function SecondIt({ word, keys = false, onPress }: { word: SaidWord; keys?: boolean; onPress: () => void }) {
  const { t } = useTranslation();
  const what = useWhat();
  return (
    <Button look={word.refusal ? "plain" : "primary"} keys={keys ? "n" : undefined} onPress={onPress}>
      <span>
        <span className="sr-only">{what(word)}:</span> {t("dispensations.second")}
      </span>
    </Button>
  );
}

function TakeItBack({ word, keys, onPress }: { word: SaidWord; keys: boolean; onPress: () => void }) {
  const { t } = useTranslation();
  const what = useWhat();
  return (
    <Button look="plain" keys={keys ? "z" : undefined} onPress={onPress}>
      <span>
        <span className="sr-only">{what(word)}:</span> {t("dispensations.takeBack")}
      </span>
    </Button>
  );
}

/** How many words wait for the member at this device. */
export function useWaiting(): number {
  return useView("waitingWords").data?.rows.length ?? 0;
}

/** What is asked of the member, above the list of changes: nothing where nothing waits. */
export function AskedWords() {
  const { t } = useTranslation();
  const view = useView("waitingWords");
  const [word, setWord] = useState<SaidWord | null>(null);
  if (!view.data || view.data.rows.length === 0) return null;
  return (
    <section
      aria-label={t("dispensations.asked")}
      data-region="asked"
      tabIndex={0}
      className="scroll max-h-[40%] shrink-0 border-b border-line px-6 py-3 outline-none"
    >
      <h2 className="font-semibold">{t("dispensations.asked")}</h2>
      <p className="measure text-ink-2">{t("dispensations.askedHint")}</p>
      <ul className="mt-1 divide-y divide-line">
        {view.data.rows.map((row) => (
          <li key={row.entry} className="py-2.5">
            <Link
              to="/changes/$change"
              params={{ change: row.change }}
              className="font-medium text-accent underline-offset-2 hover:underline"
            >
              <span className="num">{row.change}</span> {row.title}
            </Link>
            <div className="mt-1 flex flex-wrap items-start gap-3">
              <Word word={row} />
              <SecondIt word={row} onPress={() => setWord(row)} />
            </div>
          </li>
        ))}
      </ul>
      {word ? <Second word={word} onClose={() => setWord(null)} /> : null}
    </section>
  );
}
