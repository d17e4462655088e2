import { useLocation, useNavigation, useSearchParams } from "react-router";

/** What the address says after `?`, as it will be once what loads is there, so that a choice shows at once; and how to change it. */
export function useChoices(): [URLSearchParams, ReturnType<typeof useSearchParams>[1]] {
  const [search, setSearch] = useSearchParams();
  const { pathname } = useLocation();
  const next = useNavigation().location;
  return [next?.pathname === pathname ? new URLSearchParams(next.search) : search, setSearch];
}
