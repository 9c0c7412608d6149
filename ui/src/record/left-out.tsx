import { TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";

/** What belongs to a pack and is not in it, each with the reason. */
export function LeftOut({ lines }: { lines: string[] }) {
  const { t } = useTranslation();
  if (lines.length === 0) return <p className="text-ink-2">{t("pack.leftOutNothing")}</p>;
  return (
    <ul className="flex flex-col gap-1">
      {lines.map((line) => (
        <li key={line} className="flex items-start gap-2">
          <TriangleAlert size={15} className="mt-0.5 shrink-0 text-warn" aria-hidden="true" />
          <span className="measure min-w-0 break-words">{line}</span>
        </li>
      ))}
    </ul>
  );
}
