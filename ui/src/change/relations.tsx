import { useTranslation } from "react-i18next";
import type { Relation } from "../ipc/contract";

/** The tickets that a change is linked to: how, what each is, and which. */
export function Relations(props: { relations: Relation[] }) {
  const { t } = useTranslation();
  return (
    <ul className="flex flex-col gap-1">
      {props.relations.map((relation) => (
        <li key={`${relation.relation}${relation.key}`} className="flex gap-3">
          <span className="w-28 shrink-0 text-ink-2">{relation.relation}</span>
          <span className="w-28 shrink-0">{relation.kind ?? t("change.kindUnread")}</span>
          <span className="num w-20 shrink-0">{relation.key}</span>
          <span className="min-w-0 truncate">{relation.title ?? t("change.notHere")}</span>
        </li>
      ))}
    </ul>
  );
}
