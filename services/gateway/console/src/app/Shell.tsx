import { Anchor, Group, Menu, NavLink, Stack, Text, TextInput, UnstyledButton, useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { useHotkeys, useMediaQuery } from "@mantine/hooks";
import { Trans, useLingui } from "@lingui/react/macro";
import {
  IconBell, IconHome, IconLanguage, IconLogout, IconMoon, IconSearch, IconSun, IconUserCircle, IconUsers, IconUsersGroup,
} from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { Form, Link, Outlet, useLocation, useMatches, useNavigate, useNavigation } from "react-router";

import { Boundary } from "~/app/Boundary.tsx";
import { chooseLocale, languages } from "~/app/locale.ts";
import { signOut } from "~/app/session.ts";

/** What all pages of somebody who is signed in stand in: a rail on wide screens, a bar of five on phones. */
export function Shell() {
  const { t } = useLingui();
  const wide = useMediaQuery("(min-width: 64em)", undefined, { getInitialValueInEffect: false });
  const { pathname } = useLocation();
  const navigate = useNavigate();
  const places = [
    { to: "/", name: t`Home`, icon: IconHome, key: "h" },
    { to: "/find", name: t`Find`, icon: IconSearch, key: "f" },
    { to: "/groups", name: t`Groups`, icon: IconUsersGroup, key: "g" },
    { to: "/network", name: t`Network`, icon: IconUsers, key: "n" },
    { to: "/notifications", name: t`News`, icon: IconBell, key: "i" },
  ];
  const here = (to: string) => (to === "/" ? pathname === "/" : pathname.startsWith(to));
  const waiting = useRef(false); // whether `g` was pressed, and a letter names the page
  useHotkeys([
    ["g", () => { waiting.current = true; setTimeout(() => { waiting.current = false; }, 1500); }],
    ["/", () => document.querySelector<HTMLInputElement>("[data-search]")?.focus()],
    ...places.map(({ key, to }): [string, () => void] => [key, () => { if (waiting.current) void navigate(to); }]),
  ]);
  const links = places.map(({ to, name, icon: Icon }) => ({ to, name, Icon, current: here(to) ? ("page" as const) : undefined }));
  return (
    <>
      <a className="skip" href="#main"><Trans>Skip to the content</Trans></a>
      <div style={wide ? { display: "grid", gridTemplateColumns: "220px minmax(0, 1fr)", minHeight: "100vh" } : undefined}>
        {wide && (
          <nav className="rail" aria-label={t`Pages`}>
            <Stack gap="sm" p="md" style={{ position: "sticky", top: 0 }}>
              <Link className="plain" to="/"><Text fw={700} size="lg" c="var(--accent)">Consilium</Text></Link>
              <SearchBox />
              <div>
                {links.map(({ to, name, Icon, current }) => (
                  <NavLink key={to} component={Link} to={to} label={name} leftSection={<Icon size={20} aria-hidden />}
                    active={current !== undefined} aria-current={current} style={{ borderRadius: 8 }} />
                ))}
              </div>
              <Me />
            </Stack>
          </nav>
        )}
        <div>
          {!wide && (
            <Group component="header" justify="space-between" wrap="nowrap" px="lg" py="sm" style={{ borderBlockEnd: "1px solid var(--line)" }}>
              <Link className="plain" to="/"><Text fw={700} c="var(--accent)">Consilium</Text></Link>
              <Me />
            </Group>
          )}
          <Main />
        </div>
      </div>
      {!wide && (
        <nav className="tabs" aria-label={t`Pages`}>
          {links.map(({ to, name, Icon, current }) => (
            <Link key={to} to={to} aria-current={current}><Icon size={22} aria-hidden />{name}</Link>
          ))}
        </nav>
      )}
    </>
  );
}

/** The page itself. After going to another one the focus is on its heading, and its title is the window's. */
function Main() {
  const { t } = useLingui();
  const { pathname } = useLocation();
  const busy = useNavigation().state !== "idle";
  const first = useRef(true);
  const handle = useMatches().at(-1)?.handle as { title?: () => string } | undefined;
  useEffect(() => {
    document.title = handle?.title === undefined ? "Consilium" : `${handle.title()} · Consilium`;
    if (!first.current) document.getElementById("main")?.focus({ preventScroll: true });
    first.current = false;
  }, [pathname, handle]);
  return (
    <main id="main" tabIndex={-1} className="page" aria-busy={busy} style={{ outline: "none" }} aria-label={t`Content`}>
      <Boundary key={pathname}><Outlet /></Boundary>
    </main>
  );
}

function SearchBox() {
  const { t } = useLingui();
  return (
    <Form action="/find" role="search" aria-label={t`Find people`}>
      <TextInput name="text" size="sm" data-search aria-label={t`Find people`} placeholder={t`A name, a clinic, words of a profile`}
        leftSection={<IconSearch size={16} aria-hidden />} />
    </Form>
  );
}

function Me() {
  const { t } = useLingui();
  const { setColorScheme } = useMantineColorScheme();
  const dark = useComputedColorScheme() === "dark";
  const [stuck, setStuck] = useState(false);
  return (
    <Menu position="bottom-start" shadow="md" width={220}>
      <Menu.Target>
        <UnstyledButton p="sm" aria-label={t`Account and settings`}>
          <Group gap="sm" wrap="nowrap"><IconUserCircle size={22} aria-hidden /><Text size="sm"><Trans>Account</Trans></Text></Group>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={dark ? <IconSun size={16} /> : <IconMoon size={16} />} onClick={() => setColorScheme(dark ? "light" : "dark")}>
          {dark ? <Trans>Light</Trans> : <Trans>Dark</Trans>}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Label><IconLanguage size={14} aria-hidden /> <Trans>Language</Trans></Menu.Label>
        {Object.entries(languages).map(([tag, name]) => (
          <Menu.Item key={tag} lang={tag} onClick={() => chooseLocale(tag)}>{name}</Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => signOut().catch(() => setStuck(true))} closeMenuOnClick={false}>
          {stuck ? <Trans>Could not sign out. Try again.</Trans> : <Trans>Sign out</Trans>}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

/** Where there is nothing under an address. */
export function NotThere() {
  return (
    <Stack align="flex-start">
      <h1><Trans>There is no such page</Trans></h1>
      <Text><Trans>It may be gone, or you may not see it.</Trans></Text>
      <Anchor component={Link} to="/"><Trans>Go home</Trans></Anchor>
    </Stack>
  );
}
