import { Navigate } from "@tanstack/react-router";
import { useAppStatus } from "../ipc/queries";

/** Where the window begins: in the meeting that is in session, if there is one (also after a crash); else at the list. */
export function Home() {
  const meeting = useAppStatus()?.meeting_in_session;
  return meeting ? (
    <Navigate to="/meetings/$meeting" params={{ meeting }} replace />
  ) : (
    <Navigate to="/changes" replace />
  );
}
