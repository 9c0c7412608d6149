import {
  createHashHistory,
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
} from "@tanstack/react-router";
import { Home } from "./home";
import { Shell } from "./shell";

/** Which tab of a change: keys 1 to 6. */
export const CHANGE_TABS = ["overview", "risk", "plan", "conditions", "history", "schedule"] as const;
export type ChangeTab = (typeof CHANGE_TABS)[number];

const root = createRootRoute({ component: Outlet });

const shell = createRoute({ getParentRoute: () => root, id: "shell", component: Shell });

const home = createRoute({
  getParentRoute: () => shell,
  path: "/",
  component: Home,
});

const firstRun = createRoute({
  getParentRoute: () => root,
  path: "/welcome",
  component: lazyRouteComponent(() => import("../first-run/first-run"), "FirstRun"),
});
const connection = createRoute({
  getParentRoute: () => shell,
  path: "/connection",
  component: lazyRouteComponent(() => import("../connection/connection"), "Connection"),
});
const changes = createRoute({
  getParentRoute: () => shell,
  path: "/changes",
  component: lazyRouteComponent(() => import("../changes/changes"), "Changes"),
});
export const changeRoute = createRoute({
  getParentRoute: () => shell,
  path: "/changes/$change",
  validateSearch: (search: Record<string, unknown>): { tab?: ChangeTab } => ({
    tab: CHANGE_TABS.find((tab) => tab === search.tab),
  }),
  component: lazyRouteComponent(() => import("../change/change"), "Change"),
});
export const riskRoute = createRoute({
  getParentRoute: () => shell,
  path: "/changes/$change/risk",
  component: lazyRouteComponent(() => import("../risk/risk-walk"), "RiskWalk"),
});
export const planRoute = createRoute({
  getParentRoute: () => shell,
  path: "/changes/$change/plan",
  component: lazyRouteComponent(() => import("../plan/plan-review"), "PlanReview"),
});
const meetings = createRoute({
  getParentRoute: () => shell,
  path: "/meetings",
  component: lazyRouteComponent(() => import("../meetings/meetings"), "Meetings"),
});
export const agendaRoute = createRoute({
  getParentRoute: () => shell,
  path: "/meetings/$meeting/agenda",
  component: lazyRouteComponent(() => import("../agenda/agenda"), "Agenda"),
});
export const meetingRoute = createRoute({
  getParentRoute: () => shell,
  path: "/meetings/$meeting",
  component: lazyRouteComponent(() => import("../meeting/console"), "MeetingConsole"),
});
export const wrapUpRoute = createRoute({
  getParentRoute: () => shell,
  path: "/meetings/$meeting/wrap-up",
  component: lazyRouteComponent(() => import("../wrap-up/wrap-up"), "WrapUp"),
});
/** Of the minutes, unless it is said what of those that were sealed beside them. */
export const pagesRoute = createRoute({
  getParentRoute: () => shell,
  path: "/meetings/$meeting/wrap-up/pages",
  validateSearch: (search: Record<string, unknown>): { annex?: number; erratum?: number; circulated?: boolean } => ({
    annex: Number.isInteger(search.annex) ? Number(search.annex) : undefined,
    erratum: Number.isInteger(search.erratum) ? Number(search.erratum) : undefined,
    circulated: search.circulated === true || undefined,
  }),
  component: lazyRouteComponent(() => import("../wrap-up/pages"), "Pages"),
});
const calendar = createRoute({
  getParentRoute: () => shell,
  path: "/calendar",
  component: lazyRouteComponent(() => import("../calendar/calendar"), "Calendar"),
});
const freezes = createRoute({
  getParentRoute: () => shell,
  path: "/freezes",
  component: lazyRouteComponent(() => import("../calendar/freezes"), "Freezes"),
});
export const releasesRoute = createRoute({
  getParentRoute: () => shell,
  path: "/releases",
  validateSearch: (search: Record<string, unknown>): { release?: string } => ({
    release: typeof search.release === "string" ? search.release : undefined,
  }),
  component: lazyRouteComponent(() => import("../releases/releases"), "Releases"),
});
const emergencies = createRoute({
  getParentRoute: () => shell,
  path: "/emergencies",
  component: lazyRouteComponent(() => import("../emergencies/emergencies"), "Emergencies"),
});
const outbox = createRoute({
  getParentRoute: () => shell,
  path: "/outbox",
  component: lazyRouteComponent(() => import("../outbox/outbox"), "Outbox"),
});
/** Parts of the record: keys 1 to 4. */
export const RECORD_TABS = ["members", "exchange", "packs", "details"] as const;
export type RecordTab = (typeof RECORD_TABS)[number];

const record = createRoute({
  getParentRoute: () => shell,
  path: "/record",
  validateSearch: (search: Record<string, unknown>): { tab?: RecordTab } => ({
    tab: RECORD_TABS.find((tab) => tab === search.tab),
  }),
  component: lazyRouteComponent(() => import("../record/record"), "Record"),
});
/** Parts of the policy: keys 1 to 3. */
export const POLICY_TABS = ["in_force", "draft", "fare"] as const;
export type PolicyTab = (typeof POLICY_TABS)[number];

const policy = createRoute({
  getParentRoute: () => shell,
  path: "/policy",
  validateSearch: (search: Record<string, unknown>): { tab?: PolicyTab } => ({
    tab: POLICY_TABS.find((tab) => tab === search.tab),
  }),
  component: lazyRouteComponent(() => import("../policy/policy"), "Policy"),
});
const spoken = createRoute({
  getParentRoute: () => shell,
  path: "/spoken",
  component: lazyRouteComponent(() => import("../spoken/spoken"), "Spoken"),
});
const verify = createRoute({
  getParentRoute: () => shell,
  path: "/verify",
  component: lazyRouteComponent(() => import("../verify/verify"), "Verify"),
});
const verifyAlone = createRoute({
  getParentRoute: () => root,
  path: "/welcome/verify",
  component: lazyRouteComponent(() => import("../verify/verify"), "VerifyAlone"),
});
const join = createRoute({
  getParentRoute: () => root,
  path: "/join",
  component: lazyRouteComponent(() => import("../joining/join"), "Join"),
});
const admission = createRoute({
  getParentRoute: () => root,
  path: "/admission",
  component: lazyRouteComponent(() => import("../joining/admission"), "Admission"),
});
/** The signing window: nothing of the shell, nothing synced. */
const sign = createRoute({
  getParentRoute: () => root,
  path: "/sign",
  component: lazyRouteComponent(() => import("../sign-off/sign-off"), "SignOff"),
});

const tree = root.addChildren([
  firstRun,
  verifyAlone,
  join,
  admission,
  sign,
  shell.addChildren([
    home,
    connection,
    changes,
    changeRoute,
    riskRoute,
    planRoute,
    meetings,
    agendaRoute,
    meetingRoute,
    wrapUpRoute,
    pagesRoute,
    calendar,
    freezes,
    releasesRoute,
    emergencies,
    outbox,
    record,
    policy,
    spoken,
    verify,
  ]),
]);

export function makeRouter() {
  return createRouter({ routeTree: tree, history: createHashHistory(), defaultPreload: false });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
