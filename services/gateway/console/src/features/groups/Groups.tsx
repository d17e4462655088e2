import { Button, Checkbox, Group, Stack, TextInput, Title } from "@mantine/core";
import { Trans, useLingui } from "@lingui/react/macro";
import { graphql, usePaginationFragment } from "react-relay";
import { Form } from "react-router";

import { useChoices } from "~/app/address.ts";
import { screen, useScreen } from "~/app/screen.ts";
import { GroupCard } from "~/parts/GroupCard.tsx";
import { Empty } from "~/parts/states.tsx";
import type { GroupsQuery } from "~/__generated__/GroupsQuery.graphql.ts";
import type { Groups_groups$key } from "~/__generated__/Groups_groups.graphql.ts";

const query = graphql`
  query GroupsQuery($filter: GroupFilter) {
    viewer {
      id
      groups(first: 20) { nodes { id ...GroupCard_group } }
      invitations(first: 10) { nodes { id group { ...GroupCard_group } } }
    }
    ...Groups_groups @arguments(filter: $filter)
  }
`;

/** What the page reads. */
export const loader = screen<GroupsQuery>(query, ({ search }) => ({
  filter: { text: search.get("text") || null, openToMe: search.has("open") ? true : null },
}));

/** The reader's groups, invitations, and groups to find. */
export function Component() {
  const { t } = useLingui();
  const [search, setSearch] = useChoices();
  const found = useScreen<GroupsQuery>(query);
  const { data, hasNext, isLoadingNext, loadNext } = usePaginationFragment<GroupsQuery, Groups_groups$key>(
    graphql`
      fragment Groups_groups on Query
      @argumentDefinitions(filter: { type: "GroupFilter" }, count: { type: "Int", defaultValue: 20 }, cursor: { type: "String" })
      @refetchable(queryName: "GroupsPageQuery") {
        groups(filter: $filter, orderBy: MEMBERS, first: $count, after: $cursor) @connection(key: "Groups_groups") {
          edges { node { id ...GroupCard_group } }
        }
      }
    `,
    found,
  );
  const mine = found.viewer?.groups?.nodes ?? [];
  const invitations = found.viewer?.invitations?.nodes ?? [];
  const others = data.groups?.edges ?? [];
  return (
    <Stack gap="xl">
      <Title order={1}><Trans>Groups</Trans></Title>
      {invitations.length > 0 && (
        <Stack component="section">
          <Title order={2}><Trans>You are invited</Trans></Title>
          <ul className="cards">{invitations.map(({ id, group }) => group != null && <li key={id}><GroupCard group={group} /></li>)}</ul>
        </Stack>
      )}
      <Stack component="section">
        <Title order={2}><Trans>Yours</Trans></Title>
        {mine.length === 0
          ? <Empty title={<Trans>You are in no group yet</Trans>}><Trans>Look for one below.</Trans></Empty>
          : <ul className="cards">{mine.map((group) => <li key={group.id}><GroupCard group={group} /></li>)}</ul>}
      </Stack>
      <Stack component="section">
        <Title order={2}><Trans>Find a group</Trans></Title>
        <Form role="search" aria-label={t`Find a group`}>
          {search.has("open") && <input type="hidden" name="open" value="1" />}
          <Group align="flex-end" wrap="nowrap">
            <TextInput name="text" style={{ flex: 1 }} defaultValue={search.get("text") ?? ""} aria-label={t`What is it about?`} placeholder={t`Heart failure`} />
            <Button type="submit"><Trans>Search</Trans></Button>
          </Group>
        </Form>
        <Checkbox
          label={t`Only groups that would let me in`} checked={search.has("open")}
          onChange={({ target }) => { const next = new URLSearchParams(search); if (target.checked) next.set("open", "1"); else next.delete("open"); setSearch(next); }}
        />
        {others.length === 0 && <Empty title={<Trans>No group matches all of this</Trans>} />}
        <ul className="cards">{others.map(({ node }) => <li key={node.id}><GroupCard group={node} /></li>)}</ul>
        {hasNext && <Button variant="default" loading={isLoadingNext} onClick={() => loadNext(20)}><Trans>Show more</Trans></Button>}
      </Stack>
    </Stack>
  );
}
