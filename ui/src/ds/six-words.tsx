import { useTranslation } from "react-i18next";

/** Six words to be read aloud, in order: large, numbered, and one sentence for a screen reader. */
export function SixWords({ words, size = "large" }: { words: string[]; size?: "large" | "small" }) {
  const { t } = useTranslation();
  const large = size === "large";
  return (
    <div>
      <p className="sr-only">{t("words.label", { words: words.join(" ") })}</p>
      <ol
        aria-hidden="true"
        data-words={words.join(" ")}
        className={
          large
            ? "grid grid-cols-3 gap-px overflow-hidden rounded-md border border-line-strong bg-line @max-2xl:grid-cols-2"
            : "flex flex-wrap gap-x-4 gap-y-1"
        }
      >
        {words.map((word, index) => (
          <li
            // biome-ignore lint/suspicious/noArrayIndexKey: the place is what counts, and a word may stand twice
            key={index}
            className={large ? "flex items-baseline gap-2.5 bg-paper px-4 py-3" : "flex items-baseline gap-1.5"}
          >
            <span className="num text-xs text-ink-3">{index + 1}</span>
            <span className={large ? "text-xl font-semibold tracking-tight" : "font-medium"}>{word}</span>
          </li>
        ))}
      </ol>
    </div>
  );
}
