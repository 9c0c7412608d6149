import type { AppStatus } from "../../src/ipc/contract";
import type { World } from "./world";

/** Whether the tickets' server answers, and what waits for it. */
export function linkOf({ scene, changes }: World): AppStatus["link"] {
  const none = changes.size === 0;
  return {
    state: scene === "offline" ? "offline" : none ? "not_connected" : "online",
    queued: none ? 0 : scene === "offline" ? 3 : 0,
    last_synced_at: none ? null : "2026-11-21T13:32:00Z",
    reason: scene === "offline" ? "The server does not answer." : null,
  };
}

/** What the frame of the window shows wherever one is. */
export function statusOf(world: World): AppStatus {
  const { scene, meetings, board, me, record, spoken, joining } = world;
  return {
    version: "0.1.0",
    board,
    me: board ? me : null,
    link: linkOf(world),
    keystore: { source: "keyring", state: "available", label: "Keyring of this desktop" },
    session: null,
    record: {
      spoken: spoken.open,
      admissions: scene === "record" ? record.waiting.length : 0,
      proposal: scene === "record" && record.proposal !== null,
      joining: joining !== null,
      older_copy: record.older_copy !== null,
    },
    meeting_in_session: [...meetings.values()].find((meeting) => meeting.head.state === "in_session")?.head.id ?? null,
    system_dark: null,
  };
}
