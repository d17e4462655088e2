import { Button, Group, Stack, Text, Title } from "@mantine/core";
import { Plural, Trans } from "@lingui/react/macro";
import { IconCircleCheck, IconCircleX } from "@tabler/icons-react";
import { useState } from "react";
import { graphql, useMutation, usePaginationFragment } from "react-relay";
import { Link } from "react-router";

import { languageName, list } from "~/app/locale.ts";
import { screen, useScreen } from "~/app/screen.ts";
import { NotThere } from "~/app/Shell.tsx";
import { Open } from "~/features/discussions/Open.tsx";
import { DiscussionLine } from "~/parts/DiscussionLine.tsx";
import { Empty } from "~/parts/states.tsx";
import type { GroupPageJoinMutation } from "~/__generated__/GroupPageJoinMutation.graphql.ts";
import type { GroupPageQuery } from "~/__generated__/GroupPageQuery.graphql.ts";
import type { GroupPage_discussions$key } from "~/__generated__/GroupPage_discussions.graphql.ts";

const query = graphql`
  query GroupPageQuery($handle: String!) {
    group(by: { handle: $handle }) {
      id handle name purpose rules languages memberCount joinPolicy viewerCan
      specialties { id name }
      regions { code name }
      viewerMembership { id state role }
      viewerEligibility { eligible clauses { code met text } }
      members(first: 12) { nodes { id role professional { handle name } } }
      coverageGaps { dimension value label }
      ...GroupPage_discussions
    }
  }
`;

/** What the page reads. */
export const loader = screen<GroupPageQuery>(query, ({ params }) => ({ handle: params.handle ?? "" }));

/** One group: what it is for, whether one is let in and why not, what is discussed, and who is in it. */
export function Component() {
  const { group } = useScreen<GroupPageQuery>(query);
  if (group == null) return <NotThere />;
  return (
    <Stack gap="xl">
      <Stack gap="sm">
        <Title order={1}>{group.name}</Title>
        <Text className="text">{group.purpose}</Text>
        <div className="facts">
          {group.memberCount != null && <span><Plural value={group.memberCount} one="# member" other="# members" /></span>}
          {group.specialties.length > 0 && <span>{list(group.specialties.map(({ name }) => name), "unit")}</span>}
          {group.regions.length > 0 && <span>{list(group.regions.map(({ name }) => name), "unit")}</span>}
          {group.languages.length > 0 && <span>{list(group.languages.map(languageName), "unit")}</span>}
        </div>
      </Stack>
      <Join group={group} />
      {group.viewerCan.includes("POST") && <Open group={group.id} connection="GroupPage_discussions" />}
      {group.viewerCan.includes("READ") && <Discussions group={group} />}
      {group.members != null && group.members.nodes.length > 0 && (
        <Stack component="section" gap="sm">
          <Title order={2}><Trans>Members</Trans></Title>
          <Group gap="sm">
            {group.members.nodes.map(({ id, professional }) => professional != null && (
              <Link key={id} to={`/people/${professional.handle}`}>{professional.name}</Link>
            ))}
          </Group>
        </Stack>
      )}
      {(group.coverageGaps ?? []).length > 0 && (
        <Text size="sm" c="dimmed"><Trans>Nobody yet from or for: {list((group.coverageGaps ?? []).map(({ label }) => label))}</Trans></Text>
      )}
    </Stack>
  );
}

type GroupData = NonNullable<GroupPageQuery["response"]["group"]>;

function Join({ group }: { group: GroupData }) {
  const [problem, setProblem] = useState<string | null>(null);
  const [join, joining] = useMutation<GroupPageJoinMutation>(graphql`
    mutation GroupPageJoinMutation($input: JoinGroupInput!) {
      joinGroup(input: $input) {
        group {
          id memberCount viewerCan
          viewerMembership { id state role }
          ...GroupPage_discussions
        }
        userErrors { message }
      }
    }
  `);
  const state = group.viewerMembership?.state;
  if (state === "ACTIVE") return null;
  if (state === "REQUESTED") return <Text role="status"><Trans>You asked to join. A moderator decides.</Trans></Text>;
  const clauses = group.viewerEligibility?.clauses ?? [];
  const may = group.viewerEligibility?.eligible !== false;
  return (
    <Stack gap="sm" align="flex-start" className="card">
      {clauses.map(({ code, met, text }) => (
        <Group key={`${code} ${text}`} gap="sm" wrap="nowrap">
          {met ? <IconCircleCheck size={18} aria-hidden /> : <IconCircleX size={18} aria-hidden />}<Text size="sm">{text}</Text>
        </Group>
      ))}
      {may && (group.joinPolicy !== "INVITE" || state === "INVITED") && (
        <Button
          loading={joining}
          onClick={() => join({
            variables: { input: { group: group.id } },
            onCompleted: ({ joinGroup }) => setProblem(joinGroup.userErrors[0]?.message ?? null),
            onError: (error) => setProblem(error.message || error.name),
          })}
        >
          {group.joinPolicy === "OPEN" || state === "INVITED" ? <Trans>Join</Trans> : <Trans>Ask to join</Trans>}
        </Button>
      )}
      {problem != null && <Text c="red" role="alert">{problem}</Text>}
    </Stack>
  );
}

function Discussions({ group }: { group: GroupPage_discussions$key }) {
  const { data, hasNext, isLoadingNext, loadNext } = usePaginationFragment(
    graphql`
      fragment GroupPage_discussions on Group
      @argumentDefinitions(count: { type: "Int", defaultValue: 20 }, cursor: { type: "String" })
      @refetchable(queryName: "GroupPageDiscussionsQuery") {
        discussions(first: $count, after: $cursor) @connection(key: "GroupPage_discussions") {
          edges { node { id ...DiscussionLine_discussion } }
        }
      }
    `,
    group,
  );
  const found = data.discussions?.edges ?? [];
  return (
    <Stack component="section">
      <Title order={2}><Trans>Discussions</Trans></Title>
      {found.length === 0 && <Empty title={<Trans>Nothing was asked here yet</Trans>} />}
      <ul className="cards">{found.map(({ node }) => <li key={node.id}><DiscussionLine discussion={node} /></li>)}</ul>
      {hasNext && <Button variant="default" loading={isLoadingNext} onClick={() => loadNext(20)}><Trans>Show more</Trans></Button>}
    </Stack>
  );
}
