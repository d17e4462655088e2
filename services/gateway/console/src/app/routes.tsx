import { msg } from "@lingui/core/macro";
import { i18n } from "@lingui/core";
import { createBrowserRouter, useRouteError } from "react-router";

import { NotThere, Shell } from "~/app/Shell.tsx";
import { Failed } from "~/parts/states.tsx";

const title = (message: ReturnType<typeof msg>) => ({ title: () => i18n._(message) });

/** Where a page could not be asked for, because nothing answers or a newer release has replaced its files. */
function Broken() {
  return <main className="page"><Failed error={useRouteError()} retry={() => location.reload()} /></main>;
}

export const router = createBrowserRouter([
  { path: "/welcome", HydrateFallback: () => null, ErrorBoundary: Broken, lazy: () => import("~/features/landing/Landing.tsx") },
  { path: "/sign-in", HydrateFallback: () => null, ErrorBoundary: Broken, lazy: () => import("~/features/account/SignIn.tsx") },
  {
    path: "/", Component: Shell, HydrateFallback: () => null, ErrorBoundary: Broken,
    children: [
      { index: true, handle: title(msg`Home`), lazy: () => import("~/features/start/Start.tsx") },
      { path: "find", handle: title(msg`Find`), lazy: () => import("~/features/find/Find.tsx") },
      { path: "people/:handle", handle: title(msg`Person`), lazy: () => import("~/features/person/PersonPage.tsx") },
      { path: "groups", handle: title(msg`Groups`), lazy: () => import("~/features/groups/Groups.tsx") },
      { path: "groups/:handle", handle: title(msg`Group`), lazy: () => import("~/features/groups/GroupPage.tsx") },
      { path: "discussions/:id", handle: title(msg`Discussion`), lazy: () => import("~/features/discussions/DiscussionPage.tsx") },
      { path: "network", handle: title(msg`Network`), lazy: () => import("~/features/network/Network.tsx") },
      { path: "notifications", handle: title(msg`News`), lazy: () => import("~/features/notifications/Notifications.tsx") },
      { path: "*", Component: NotThere },
    ],
  },
]);
