import { useCallback } from "react";
import type { MinutesState } from "../ipc/contract";
import { useTransport } from "../ipc/queries";
import { partOf, type Source } from "../preview/bytes";
import { usePrepared } from "../preview/ready";

/** Names sealed minutes by their bytes; `null` where nothing is sealed yet: a draft may be another at any time. */
export function sealedKey(meeting: string, minutes: MinutesState): string | null {
  return minutes.state === "sealed" && minutes.sha256 !== null ? `minutes ${meeting} ${minutes.sha256}` : null;
}

/** Opens sealed minutes before somebody asks for their pages. */
export function useMinutesPrepared(meeting: string, minutes: MinutesState): void {
  const transport = useTransport();
  const read = useCallback<Source>(
    async (page) => partOf(await transport.documentPage({ document: { kind: "minutes", meeting }, page })),
    [transport, meeting],
  );
  usePrepared(sealedKey(meeting, minutes), read);
}
