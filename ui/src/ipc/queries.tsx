import { keepPreviousData, type QueryClient, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useEffect } from "react";
import { useNotices } from "../ds/notices";
import type { AppStatus, Commands, Noun, Transport } from "./contract";
import { asBoardError } from "./errors";

const TransportContext = createContext<Transport | null>(null);

export function useTransport(): Transport {
  const transport = useContext(TransportContext);
  if (!transport) throw new Error("a screen was drawn outside its TransportProvider");
  return transport;
}

/** Reading commands, and the nouns whose change makes what they returned old. */
const STALE_BY = {
  appStatus: ["board", "connection", "meetings", "outbox", "session", "preferences", "votes"],
  preferences: ["preferences"],
  members: ["board"],
  enrolmentTerms: [],
  connection: ["connection"],
  listChanges: ["changes", "risk", "plan", "decisions", "sign_offs", "agenda"],
  change: ["changes", "risk", "plan", "decisions", "sign_offs", "agenda"],
  previewReturns: ["changes", "risk", "plan", "decisions", "outbox"],
  emergencies: ["changes", "agenda", "board"],
  gateActs: ["changes", "risk", "plan", "decisions", "sign_offs", "board", "preferences"],
  waitingWords: ["changes", "decisions", "sign_offs", "board", "preferences"],
  circulars: ["meetings", "votes", "decisions", "changes", "board", "preferences"],
  calendar: ["changes", "risk", "decisions", "board"],
  schedule: ["changes", "decisions", "board"],
  chase: ["changes", "risk", "plan", "decisions", "sign_offs", "meetings", "agenda", "board"],
  releases: ["changes", "risk", "decisions", "board"],
  release: ["changes", "risk", "plan", "decisions", "agenda", "board"],
  freezes: ["board"],
  riskWalk: ["risk", "changes"],
  planReview: ["plan", "changes"],
  listMeetings: ["meetings", "agenda", "decisions", "minutes"],
  agenda: ["meetings", "agenda", "changes", "risk", "votes"],
  meeting: ["meetings", "agenda", "attendance", "votes", "decisions"],
  meetingItem: ["meetings", "attendance", "votes", "decisions", "sign_offs", "changes", "risk"],
  signingView: ["sign_offs", "session", "minutes"],
  wrapUp: ["meetings", "decisions", "sign_offs", "minutes", "outbox"],
  pipelines: ["changes", "risk", "decisions", "sign_offs", "board"],
  annexes: ["minutes", "meetings", "votes", "sign_offs", "board"],
  corrections: ["minutes", "meetings", "board"],
  besideMinutes: ["minutes", "meetings", "board"],
  signatories: ["minutes", "meetings", "attendance", "board"],
  written: ["changes", "risk", "plan", "decisions", "sign_offs", "board", "preferences"],
  outbox: ["outbox", "connection"],
  record: ["board", "sign_offs"],
  policy: ["board"],
  // Every past change is looked at for it: not again for each ticket that a sync brings.
  policyFare: ["board"],
  packs: ["board", "sign_offs", "meetings", "agenda", "decisions", "risk", "plan", "changes"],
  spoken: ["board", "votes", "meetings", "preferences"],
  delegations: ["board", "attendance", "meetings", "preferences"],
  joining: ["board"],
} satisfies Partial<Record<keyof Commands, Noun[]>>;

export type Reading = keyof typeof STALE_BY;
type Request<C extends keyof Commands> = Parameters<Commands[C]> extends [infer R] ? R : undefined;
export type Answer<C extends keyof Commands> = Awaited<ReturnType<Commands[C]>>;

function call<C extends keyof Commands>(transport: Transport, command: C, request: Request<C>): Promise<Answer<C>> {
  const run = transport[command] as unknown as (request: Request<C>) => Promise<Answer<C>>;
  return run.call(transport, request);
}

/** Reads a view and keeps it current: events from the program make it read again. */
export function useView<C extends Reading>(
  command: C,
  ...[request, options]: undefined extends Request<C>
    ? [request?: Request<C>, options?: ViewOptions]
    : [request: Request<C>, options?: ViewOptions]
) {
  const transport = useTransport();
  return useQuery({
    queryKey: [command, request ?? null],
    queryFn: () => call(transport, command, request as Request<C>),
    enabled: options?.enabled ?? true,
    placeholderData: options?.keep ? (keepPreviousData as never) : undefined,
  });
}

interface ViewOptions {
  enabled?: boolean;
  /** Keep showing the last answer while the next is read (lists while typing). */
  keep?: boolean;
}

/** Runs a command that changes something. A refusal becomes a notice unless the screen shows it itself. */
export function useAct<C extends keyof Commands>(
  command: C,
  options: { onDone?: (answer: Answer<C>, request: Request<C>) => void; quiet?: boolean } = {},
) {
  const transport = useTransport();
  const { report } = useNotices();
  return useMutation({
    mutationFn: (request: Request<C>) => call(transport, command, request),
    onSuccess: (answer, request) => options.onDone?.(answer, request),
    onError: (thrown) => {
      if (!options.quiet) report(asBoardError(thrown));
    },
  });
}

/** Puts an answer an act returned straight into the view that shows it. */
export function useShow() {
  const client = useQueryClient();
  return <C extends Reading>(command: C, request: Request<C>, answer: Answer<C>) =>
    client.setQueryData([command, request ?? null], answer);
}

export function useAppStatus(): AppStatus | undefined {
  return useView("appStatus").data;
}

function invalidate(client: QueryClient, nouns: Noun[]) {
  for (const [command, staleBy] of Object.entries(STALE_BY)) {
    if ((staleBy as Noun[]).some((noun) => nouns.includes(noun))) {
      client.invalidateQueries({ queryKey: [command] });
    }
  }
}

export function TransportProvider({ transport, children }: { transport: Transport; children: ReactNode }) {
  const client = useQueryClient();
  useEffect(
    () =>
      transport.subscribe((event) => {
        if (event.kind === "changed") invalidate(client, event.nouns);
      }),
    [transport, client],
  );
  return <TransportContext value={transport}>{children}</TransportContext>;
}
