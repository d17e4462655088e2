import { Button, Group, Stack, Text, Title } from "@mantine/core";
import { Trans } from "@lingui/react/macro";
import { graphql, useMutation, usePaginationFragment } from "react-relay";
import { Link } from "react-router";

import { ago } from "~/app/locale.ts";
import { screen, useScreen } from "~/app/screen.ts";
import { Empty } from "~/parts/states.tsx";
import type { NotificationsQuery } from "~/__generated__/NotificationsQuery.graphql.ts";
import type { NotificationsReadMutation } from "~/__generated__/NotificationsReadMutation.graphql.ts";
import type { Notifications_viewer$key } from "~/__generated__/Notifications_viewer.graphql.ts";

const query = graphql`
  query NotificationsQuery { viewer { id ...Notifications_viewer } }
`;

/** What the page reads. */
export const loader = screen<NotificationsQuery>(query, () => ({}));

/** What happened that concerns the reader, newest first. */
export function Component() {
  const { viewer } = useScreen<NotificationsQuery>(query);
  return viewer == null ? null : <News viewer={viewer} />;
}

function News({ viewer }: { viewer: Notifications_viewer$key }) {
  const { data, hasNext, isLoadingNext, loadNext } = usePaginationFragment(
    graphql`
      fragment Notifications_viewer on Viewer
      @argumentDefinitions(count: { type: "Int", defaultValue: 20 }, cursor: { type: "String" })
      @refetchable(queryName: "NotificationsPageQuery") {
        notifications(first: $count, after: $cursor) @connection(key: "Notifications_notifications") {
          unreadCount
          edges {
            node {
              id text createdAt readAt
              subject {
                __typename
                ... on Discussion { id }
                ... on Post { discussion { id } }
                ... on Group { handle }
                ... on Professional { handle }
              }
              actor { handle }
            }
          }
        }
      }
    `,
    viewer,
  );
  const [read, reading] = useMutation<NotificationsReadMutation>(graphql`
    mutation NotificationsReadMutation($input: MarkNotificationsReadInput!) {
      markNotificationsRead(input: $input) { viewer { ...Notifications_viewer } userErrors { message } }
    }
  `);
  const found = data.notifications?.edges ?? [];
  const newest = found[0]?.node;
  return (
    <Stack gap="xl">
      <Group justify="space-between">
        <Title order={1}><Trans>News</Trans></Title>
        {(data.notifications?.unreadCount ?? 0) > 0 && newest != null && (
          <Button variant="default" loading={reading} onClick={() => read({ variables: { input: { upTo: newest.id } } })}><Trans>Mark all as read</Trans></Button>
        )}
      </Group>
      {found.length === 0 && <Empty title={<Trans>Nothing happened yet</Trans>} />}
      <ul className="cards">
        {found.map(({ node }) => (
          <li className="card" key={node.id}>
            <Group justify="space-between" wrap="nowrap" align="flex-start">
              <Text fw={node.readAt == null ? 600 : 400} className="text"><Link className="plain" to={placeOf(node)}>{node.text}</Link></Text>
              <Text size="sm" c="dimmed" style={{ whiteSpace: "nowrap" }}>{ago(node.createdAt)}</Text>
            </Group>
          </li>
        ))}
      </ul>
      {hasNext && <Button variant="default" loading={isLoadingNext} onClick={() => loadNext(20)}><Trans>Show more</Trans></Button>}
    </Stack>
  );
}

type Subject = { __typename: string; id?: string; handle?: string; discussion?: { id: string } };

/** The page of what a notification is about. */
export function placeOf({ subject, actor }: { subject: unknown; actor: { readonly handle: string } | null | undefined }): string {
  const about = subject as Subject | null;
  if (about?.__typename === "Discussion") return `/discussions/${encodeURIComponent(about.id ?? "")}`;
  if (about?.__typename === "Post") return `/discussions/${encodeURIComponent(about.discussion?.id ?? "")}`;
  if (about?.__typename === "Group") return `/groups/${about.handle}`;
  if (about?.__typename === "Professional") return `/people/${about.handle}`;
  return actor == null ? "/network" : `/people/${actor.handle}`;
}
