import { msg } from "@lingui/core/macro";
import { i18n } from "@lingui/core";
import { createBrowserRouter } from "react-router";

import { NotThere, Shell } from "~/app/Shell.tsx";

const title = (message: ReturnType<typeof msg>) => ({ title: () => i18n._(message) });

export const router = createBrowserRouter([
  { path: "/welcome", HydrateFallback: () => null, lazy: () => import("~/features/landing/Landing.tsx") },
  { path: "/sign-in", HydrateFallback: () => null, lazy: () => import("~/features/account/SignIn.tsx") },
  {
    path: "/", Component: Shell, HydrateFallback: () => null,
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
