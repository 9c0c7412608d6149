import { CircleCheck, CircleX } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Key } from "../ds/marks";
import type { DryRun, MappingTarget } from "../ipc/contract";

/** Twenty real changes as they would come in; a value nobody mapped is an error, not a guess. */
export function DryRunTable({ dry, targets }: { dry: DryRun; targets: MappingTarget[] }) {
  const { t } = useTranslation();
  const label = (target: string) => targets.find((one) => one.target === target)?.label ?? target;
  const shown = targets.filter((target) =>
    dry.rows.some((row) => row.cells.some((cell) => cell.target === target.target)),
  );
  return (
    <div className="mt-5 flex flex-col gap-5">
      {dry.unmapped.length > 0 ? (
        <div className="border-l-2 border-bad pl-4">
          <p className="font-medium">{t("connection.unmapped")}</p>
          <ul className="mt-1 flex flex-col gap-0.5">
            {dry.unmapped.map((one) => (
              <li key={`${one.target}${one.remote}`} className="num">
                {t("connection.unmappedLine", { field: label(one.target), value: one.remote, count: one.count })}
              </li>
            ))}
          </ul>
        </div>
      ) : (
        <p className="flex items-center gap-2">
          <CircleCheck size={16} className="text-good" aria-hidden="true" />{" "}
          {t("connection.allMapped", { count: dry.rows.length })}
        </p>
      )}
      <div
        className="scroll max-h-96 border-y border-line"
        tabIndex={0}
        role="group"
        aria-label={t("connection.dryRun")}
      >
        <table className="w-max min-w-full border-collapse">
          <thead className="sticky top-0 bg-canvas text-xs text-ink-2">
            <tr>
              <th scope="col" className="border-b border-line py-1.5 pr-4 text-left font-normal">
                {t("changes.column.title")}
              </th>
              {shown.map((target) => (
                <th key={target.target} scope="col" className="border-b border-line py-1.5 pr-4 text-left font-normal">
                  {target.label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {dry.rows.map((row) => (
              <tr key={row.key} className="border-b border-line align-top">
                <th scope="row" className="max-w-72 truncate py-1.5 pr-4 text-left font-normal">
                  <Key id={row.key} className="mr-2 text-ink-2" />
                  {row.title}
                </th>
                {shown.map((target) => {
                  const cell = row.cells.find((one) => one.target === target.target);
                  return (
                    <td key={target.target} className="max-w-56 truncate py-1.5 pr-4">
                      {cell?.problem ? (
                        <span className="inline-flex items-center gap-1 text-bad">
                          <CircleX size={13} aria-hidden="true" className="shrink-0" /> {cell.problem}
                        </span>
                      ) : (
                        (cell?.value ?? <span className="text-ink-3">–</span>)
                      )}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}
