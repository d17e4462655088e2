import { Button, Checkbox, Group, NativeSelect, Stack, Text, TextInput, Title } from "@mantine/core";
import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { useMediaQuery } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { graphql, usePaginationFragment } from "react-relay";
import { Form } from "react-router";

import { useChoices } from "~/app/address.ts";
import { number } from "~/app/locale.ts";
import { screen, useScreen } from "~/app/screen.ts";
import { Connect } from "~/parts/Connect.tsx";
import { Person } from "~/parts/Person.tsx";
import { Empty } from "~/parts/states.tsx";
import type { FindQuery } from "~/__generated__/FindQuery.graphql.ts";
import type { Find_peers$key } from "~/__generated__/Find_peers.graphql.ts";

const query = graphql`
  query FindQuery($filter: PeerFilter!, $order: PeerOrder!) {
    ...Find_peers @arguments(filter: $filter, order: $order)
  }
`;
const ORDERS = ["RELEVANCE", "MUTUAL_CONNECTIONS", "NAME", "NEWEST"] as const;
type Order = (typeof ORDERS)[number];

/** The search that an address means. */
export function searchOf(search: URLSearchParams): FindQuery["variables"] {
  const text = search.get("text")?.trim();
  const order = search.get("order");
  return {
    filter: {
      text: text === "" ? null : (text ?? null),
      specialties: search.getAll("specialty"),
      regions: search.getAll("country"),
      languages: search.getAll("language"),
      verification: search.has("verified") ? "RIGHT_TO_PRACTISE" : null,
      excludeConnected: search.has("new"),
    },
    order: ORDERS.find((known) => known === order) ?? "RELEVANCE",
  };
}

/** What the page reads. */
export const loader = screen<FindQuery>(query, ({ search }) => searchOf(search));

/** Everyday words in one box, what else could be ticked beside it, and people with why they are shown. */
export function Component() {
  const { t } = useLingui();
  const [search, setSearch] = useChoices();
  const { data, loadNext, hasNext, isLoadingNext } = usePaginationFragment<FindQuery, Find_peers$key>(
    graphql`
      fragment Find_peers on Query
      @argumentDefinitions(
        filter: { type: "PeerFilter!" }, order: { type: "PeerOrder!" }
        count: { type: "Int", defaultValue: 20 }, cursor: { type: "String" }
      )
      @refetchable(queryName: "FindPageQuery") {
        peers(filter: $filter, orderBy: $order, first: $count, after: $cursor) @connection(key: "Find_peers") {
          totalCount totalCountPrecision
          facets {
            specialties { value label count }
            countries { value label count }
            languages { value label count }
          }
          edges {
            reasons { text }
            node { id ...Person_professional ...Connect_professional }
          }
        }
      }
    `,
    useScreen<FindQuery>(query),
  );
  const peers = data.peers;
  const facets = peers?.facets;
  const toggle = (name: string, value: string) => {
    const found = search.getAll(name);
    const next = new URLSearchParams(search);
    next.delete(name);
    for (const one of found.includes(value) ? found.filter((old) => old !== value) : [...found, value]) next.append(name, one);
    setSearch(next, { preventScrollReset: true });
  };
  const narrow = search.size - (search.has("text") ? 1 : 0) - (search.has("order") ? 1 : 0) > 0;
  const people = peers?.edges ?? [];
  return (
    <Stack gap="xl">
      <Title order={1}><Trans>Find a colleague</Trans></Title>
      <Form role="search" aria-label={t`Search`} key={search.get("text")}>
        {[...search].filter(([name]) => name !== "text").map(([name, value], index) => <input key={index} type="hidden" name={name} value={value} />)}
        <Group wrap="nowrap" align="flex-end">
          <TextInput name="text" data-search style={{ flex: 1 }} size="md" defaultValue={search.get("text") ?? ""}
            aria-label={t`Who do you look for?`} placeholder={t`A name, a clinic, words of a profile`} leftSection={<IconSearch size={18} aria-hidden />} />
          <Button type="submit" size="md"><Trans>Search</Trans></Button>
        </Group>
      </Form>
      <div className="split">
        <Narrowing>
          <Checkbox label={t`May practise`} checked={search.has("verified")} onChange={() => toggle("verified", "1")} />
          <Checkbox label={t`Not connected yet`} checked={search.has("new")} onChange={() => toggle("new", "1")} />
          <Facet title={t`Countries`} name="country" values={facets?.countries ?? []} chosen={search.getAll("country")} toggle={toggle} />
          <Facet title={t`Specialties`} name="specialty" values={facets?.specialties ?? []} chosen={search.getAll("specialty")} toggle={toggle} />
          <Facet title={t`Languages`} name="language" values={facets?.languages ?? []} chosen={search.getAll("language")} toggle={toggle} />
        </Narrowing>
        <Stack>
          <Group justify="space-between">
            <Title order={2} size="h3" aria-live="polite">
              {peers?.totalCountPrecision === "AT_LEAST"
                ? <Trans>More than {number(peers.totalCount ?? 0)} people</Trans>
                : <Plural value={peers?.totalCount ?? people.length} one="# person" other="# people" />}
            </Title>
            <NativeSelect
              aria-label={t`Order`} size="sm" value={search.get("order") ?? "RELEVANCE"}
              onChange={({ target }) => { const next = new URLSearchParams(search); next.set("order", target.value); setSearch(next); }}
              data={[
                { value: "RELEVANCE", label: t`Best match first` }, { value: "MUTUAL_CONNECTIONS", label: t`Most mutual connections` },
                { value: "NAME", label: t`By name` }, { value: "NEWEST", label: t`Newest members first` },
              ] satisfies { value: Order; label: string }[]}
            />
          </Group>
          {people.length === 0 && (
            <Empty title={<Trans>Nobody matches all of this</Trans>}>
              {narrow && <Button variant="default" onClick={() => setSearch({ text: search.get("text") ?? "" })}><Trans>Keep the words, drop the rest</Trans></Button>}
            </Empty>
          )}
          <ul className="cards">
            {people.map(({ node, reasons }) => (
              <li key={node.id}>
                <Person professional={node} why={reasons.map(({ text }) => text)} action={<Connect professional={node} />} />
              </li>
            ))}
          </ul>
          {hasNext && <Button variant="default" loading={isLoadingNext} onClick={() => loadNext(20)}><Trans>Show more</Trans></Button>}
        </Stack>
      </div>
    </Stack>
  );
}

/** What narrows the search stands beside the people, and on a phone behind a line that opens. */
function Narrowing({ children }: { children: ReactNode }) {
  const { t } = useLingui();
  const wide = useMediaQuery("(min-width: 64em)", undefined, { getInitialValueInEffect: false });
  const all = <Stack component="aside" aria-label={t`Narrow the search`}>{children}</Stack>;
  return wide ? all : <details><summary className="summary"><Trans>Narrow the search</Trans></summary>{all}</details>;
}

const SHOWN = 8;

function Facet({ title, name, values, chosen, toggle }: {
  title: string; name: string; chosen: string[]; toggle: (name: string, value: string) => void;
  values: readonly { readonly value: string; readonly label: string; readonly count: number }[];
}) {
  const gone = chosen.filter((value) => values.every((known) => known.value !== value)); // chosen, and matched by nobody
  const shown = [...values, ...gone.map((value) => ({ value, label: value, count: 0 }))].filter(({ value }, index) => index < SHOWN || chosen.includes(value));
  if (shown.length === 0) return null;
  return (
    <fieldset style={{ border: 0, margin: 0, padding: 0 }}>
      <Text component="legend" fw={600} size="sm" mb="sm">{title}</Text>
      <Stack gap="sm">
        {shown.map(({ value, label, count }) => (
          <Checkbox key={value} label={`${label} (${number(count)})`} checked={chosen.includes(value)} onChange={() => toggle(name, value)} />
        ))}
      </Stack>
    </fieldset>
  );
}
