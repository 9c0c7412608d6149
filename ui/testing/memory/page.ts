import type { ChangeRow, ChangesPage, ChangesQuery } from "../../src/ipc/contract";

const LEVEL = ["low", "medium", "high", "critical"];

/** A page of the list of changes, filtered and sorted as the program would. */
export function page(rows: ChangeRow[], query: ChangesQuery): ChangesPage {
  const in_ = {
    all: () => true,
    open: (row: ChangeRow) => row.decision === null,
    decided: (row: ChangeRow) => row.decision !== null,
    attention: (row: ChangeRow) => row.gates_failed > 0 || row.approval === "stale" || row.changed_since_looked,
  };
  const wanted = query.text.toLowerCase().split(/\s+/).filter(Boolean);
  const matches = rows.filter(
    (row) =>
      wanted.every((word) => `${row.key} ${row.title} ${row.author} ${row.systems}`.toLowerCase().includes(word)) &&
      (query.kinds.length === 0 || query.kinds.includes(row.kind)) &&
      (query.levels.length === 0 || query.levels.includes(row.risk.level ?? row.risk.high_level)),
  );
  const value = (row: ChangeRow): string | number => {
    switch (query.sort.column) {
      case "key":
        return row.key;
      case "title":
        return row.title;
      case "kind":
        return row.kind;
      case "risk":
        return LEVEL.indexOf(row.risk.level ?? row.risk.high_level) * 1000 + (row.risk.score ?? row.risk.high);
      case "decision":
        return row.decision ?? "";
      case "window":
        return row.window?.starts_at ?? "9999";
      case "updated":
        return row.updated_at;
    }
  };
  const shown = matches.filter(in_[query.view]).sort((a, b) => {
    const [x, y] = [value(a), value(b)];
    return (x < y ? -1 : x > y ? 1 : 0) * (query.sort.descending ? -1 : 1);
  });
  return {
    total: shown.length,
    offset: query.offset,
    rows: structuredClone(shown.slice(query.offset, query.offset + query.limit)),
    counts: {
      all: matches.length,
      open: matches.filter(in_.open).length,
      attention: matches.filter(in_.attention).length,
      decided: matches.filter(in_.decided).length,
    },
  };
}
