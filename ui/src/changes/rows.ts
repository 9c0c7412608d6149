import { useQueries, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import type { ChangeRow, ChangesPage } from "../ipc/contract";
import { useTransport } from "../ipc/queries";
import type { ListQuery } from "./list-state";

export const PAGE = 100;

export interface Rows {
  total: number | undefined;
  counts: ChangesPage["counts"] | undefined;
  at: (index: number) => ChangeRow | undefined;
  error: unknown;
  retry: () => void;
  settled: boolean;
}

/** Rows by index, read from the program in pages: filter, sort and paging happen there. */
export function useRows(query: ListQuery, first: number, last: number): Rows {
  const transport = useTransport();
  const client = useQueryClient();
  const known = useRef<ChangesPage | undefined>(undefined);
  const from = Math.floor(Math.max(0, first) / PAGE);
  const to = Math.floor(Math.max(first, last) / PAGE);
  const pages = Array.from({ length: to - from + 1 }, (_, i) => from + i);
  const results = useQueries({
    queries: pages.map((page) => {
      const request = { ...query, offset: page * PAGE, limit: PAGE };
      return { queryKey: ["listChanges", request], queryFn: () => transport.listChanges(request) };
    }),
  });
  const settled = results.some((r) => r.data !== undefined);
  const latest = results.find((r) => r.data)?.data;
  if (latest) known.current = latest;
  const shown = latest ?? known.current;
  return {
    total: shown?.total,
    counts: shown?.counts,
    settled,
    error: results.find((r) => r.error)?.error ?? null,
    retry: () => void client.invalidateQueries({ queryKey: ["listChanges"] }),
    at: (index) => {
      const page = Math.floor(index / PAGE);
      const fresh = results[page - from]?.data;
      if (fresh) return fresh.rows[index - fresh.offset];
      // While typing, the last list stays until the next has come.
      if (!settled && known.current) return known.current.rows[index - known.current.offset];
      return undefined;
    },
  };
}
