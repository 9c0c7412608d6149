import { useNavigate } from "@tanstack/react-router";
import { FileText } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNotices } from "../ds/notices";
import { useTransport } from "../ipc/queries";
import { ask, byPath } from "./asked";

/** A file that is dropped anywhere on the window is verified; while one is held over it, the window says so. */
export function Drops({ to }: { to: "/verify" | "/welcome/verify" }) {
  const { t } = useTranslation();
  const transport = useTransport();
  const navigate = useNavigate();
  const { say } = useNotices();
  const [over, setOver] = useState(false);
  useEffect(
    () =>
      transport.watchDrops((drag) => {
        setOver(drag.kind === "over");
        if (drag.kind !== "dropped") return;
        const [path, ...others] = drag.paths;
        if (path === undefined) return;
        // What is written in a dialog is not thrown away for a file.
        if (document.querySelector("[data-modal]")) {
          say(t("verify.dialogFirst"));
          return;
        }
        if (others.length > 0) say(t("verify.oneAtATime"));
        ask(byPath(path));
        void navigate({ to });
      }),
    [transport, navigate, say, t, to],
  );
  if (!over) return null;
  return (
    <div className="pointer-events-none fixed inset-0 z-40 flex items-center justify-center bg-black/35">
      <p className="flex items-center gap-3 rounded-lg border-2 border-accent bg-paper px-6 py-4 text-lg font-semibold">
        <FileText size={20} className="text-accent" aria-hidden="true" />
        {t("verify.drop")}
      </p>
    </div>
  );
}
