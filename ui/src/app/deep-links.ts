import { useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";
import { useTransport } from "../ipc/queries";

/** `change/CHG-17` and `meeting/<id>`: a link only navigates, it never acts. */
export function useDeepLinks() {
  const transport = useTransport();
  const navigate = useNavigate();
  useEffect(
    () =>
      transport.subscribe((event) => {
        if (event.kind !== "navigate") return;
        const [noun, id] = event.to.split("/");
        if (!id) return;
        if (noun === "change") void navigate({ to: "/changes/$change", params: { change: id } });
        if (noun === "meeting") void navigate({ to: "/meetings/$meeting", params: { meeting: id } });
      }),
    [transport, navigate],
  );
}
