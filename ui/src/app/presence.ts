import { useEffect } from "react";
import { useTransport } from "../ipc/queries";

const EVERY_MS = 30_000;

/** An unlocked session ends after ten minutes without input: tells the program, seldom, that somebody is here. */
export function usePresence() {
  const transport = useTransport();
  useEffect(() => {
    let last = 0;
    const here = () => {
      const now = Date.now();
      if (now - last < EVERY_MS) return;
      last = now;
      void transport.touch().catch(() => undefined);
    };
    window.addEventListener("keydown", here);
    window.addEventListener("pointerdown", here);
    return () => {
      window.removeEventListener("keydown", here);
      window.removeEventListener("pointerdown", here);
    };
  }, [transport]);
}
