import "@fontsource-variable/inter";
import "./ds/tokens.css";
import { createRoot } from "react-dom/client";
import { App } from "./app/app";
import { startI18n } from "./i18n";
import { chooseTransport } from "./ipc/transport";

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");

const transport = await chooseTransport();
await startI18n();
createRoot(root).render(<App transport={transport} />);
