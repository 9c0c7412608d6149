import type { Commands, RescheduleView } from "../../src/ipc/contract";
import type { World } from "./world";

type Request = Parameters<Commands["previewReschedule"]>[0];

function follows(world: World, request: Request): RescheduleView {
  const { row, sign_offs } = world.change(request.change).view;
  const zone = request.zone ?? "Europe/Berlin";
  const to = `${request.start} to ${request.end} ${zone}`;
  return {
    change: row.key,
    window: { starts_at: `${request.start}:00Z`, ends_at: `${request.end}:00Z`, zone },
    from: null,
    to,
    minutes: 120,
    conflicts: [],
    freezes: [],
    coverage: null,
    standing: "Approved",
    standing_then: sign_offs.length > 0 ? "Stale" : "Approved",
    sign_offs: sign_offs.map(({ signer, role }) => ({
      signer,
      role,
      stale: true,
      why: "It was given for the window as it is; it has to be given again.",
    })),
    notice: `${row.key} ${row.title}: the window moves\n\nTo: ${to}\nWhy: ${request.reason}`,
  };
}

/** Moving a window. */
export function moves(world: World): Pick<Commands, "previewReschedule" | "reschedule"> {
  return {
    previewReschedule: async (request) => follows(world, request),
    reschedule: async (request) => {
      world.changed("changes");
      return follows(world, request);
    },
  };
}
