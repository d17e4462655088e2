import { Anchor, Button, Stack, Text, Title } from "@mantine/core";
import { Trans } from "@lingui/react/macro";
import { graphql, usePaginationFragment } from "react-relay";
import { Link } from "react-router";

import { screen, useScreen } from "~/app/screen.ts";
import { Connect } from "~/parts/Connect.tsx";
import { Person } from "~/parts/Person.tsx";
import { Empty } from "~/parts/states.tsx";
import type { NetworkQuery } from "~/__generated__/NetworkQuery.graphql.ts";
import type { Network_viewer$key } from "~/__generated__/Network_viewer.graphql.ts";

const query = graphql`
  query NetworkQuery {
    viewer {
      id
      connectionRequests(direction: RECEIVED, first: 20) { nodes { id message from { id ...Person_professional ...Connect_professional } } }
      ...Network_viewer
    }
  }
`;

/** What the page reads. */
export const loader = screen<NetworkQuery>(query, () => ({}));

/** Requests that wait for an answer, and one's connections. */
export function Component() {
  const { viewer } = useScreen<NetworkQuery>(query);
  if (viewer == null) return null;
  const requests = viewer.connectionRequests?.nodes ?? [];
  return (
    <Stack gap="xl">
      <Title order={1}><Trans>My network</Trans></Title>
      {requests.length > 0 && (
        <Stack component="section">
          <Title order={2}><Trans>They ask to connect</Trans></Title>
          <ul className="cards">
            {requests.map(({ id, message, from }) => from != null && (
              <li key={id}>
                <Person professional={from} why={message == null ? [] : [message]} action={<Connect professional={from} />} />
              </li>
            ))}
          </ul>
        </Stack>
      )}
      <Connections viewer={viewer} />
    </Stack>
  );
}

function Connections({ viewer }: { viewer: Network_viewer$key }) {
  const { data, hasNext, isLoadingNext, loadNext } = usePaginationFragment(
    graphql`
      fragment Network_viewer on Viewer
      @argumentDefinitions(count: { type: "Int", defaultValue: 20 }, cursor: { type: "String" })
      @refetchable(queryName: "NetworkPageQuery") {
        connections(first: $count, after: $cursor) @connection(key: "Network_connections") {
          totalCount
          edges { node { id ...Person_professional } }
        }
      }
    `,
    viewer,
  );
  const people = data.connections?.edges ?? [];
  return (
    <Stack component="section">
      <Title order={2}><Trans>Connections</Trans>{data.connections?.totalCount != null && <Text component="span" c="dimmed" fz="inherit" fw={400}> {data.connections.totalCount}</Text>}</Title>
      {people.length === 0 && <Empty title={<Trans>You know nobody here yet</Trans>}><Anchor component={Link} to="/find"><Trans>Find a colleague</Trans></Anchor></Empty>}
      <ul className="cards">{people.map(({ node }) => <li key={node.id}><Person professional={node} /></li>)}</ul>
      {hasNext && <Button variant="default" loading={isLoadingNext} onClick={() => loadNext(20)}><Trans>Show more</Trans></Button>}
    </Stack>
  );
}
