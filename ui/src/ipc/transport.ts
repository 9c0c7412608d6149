import type { Transport } from "./contract";

/**
 * What carries commands: the program around this window; in a build for tests (`--mode memory`) the believable
 * board of `testing/`, which a release build does not contain.
 */
export async function chooseTransport(): Promise<Transport | null> {
  if ("__TAURI_INTERNALS__" in window) {
    const { tauriTransport } = await import("./tauri");
    return tauriTransport();
  }
  if (import.meta.env.MODE === "memory") {
    const { memoryTransport } = await import("../../testing/memory");
    return memoryTransport({
      scene: sessionStorage.getItem("scene") ?? undefined,
      theme: sessionStorage.getItem("theme") ?? undefined,
      scale: Number(sessionStorage.getItem("scale") ?? 100),
    });
  }
  return null;
}
