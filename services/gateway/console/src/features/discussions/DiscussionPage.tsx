import { Anchor, Avatar, Button, Group, Stack, Text, Title } from "@mantine/core";
import { Plural, Trans } from "@lingui/react/macro";
import { graphql, useFragment, usePaginationFragment } from "react-relay";
import { Link } from "react-router";

import { ago } from "~/app/locale.ts";
import { screen, useScreen } from "~/app/screen.ts";
import { NotThere } from "~/app/Shell.tsx";
import { Answer } from "~/features/discussions/Answer.tsx";
import { Kind } from "~/parts/DiscussionLine.tsx";
import { Verified } from "~/parts/Verified.tsx";
import { Written } from "~/parts/Written.tsx";
import type { DiscussionPageQuery } from "~/__generated__/DiscussionPageQuery.graphql.ts";
import type { DiscussionPage_discussion$key } from "~/__generated__/DiscussionPage_discussion.graphql.ts";
import type { DiscussionPage_author$key } from "~/__generated__/DiscussionPage_author.graphql.ts";
import type { DiscussionPage_posts$key } from "~/__generated__/DiscussionPage_posts.graphql.ts";

const query = graphql`
  query DiscussionPageQuery($id: ID!) {
    node(id: $id) { ...DiscussionPage_discussion @alias(as: "discussion") }
  }
`;

/** What the page reads. */
export const loader = screen<DiscussionPageQuery>(query, ({ params }) => ({ id: params.id ?? "" }));

/** One discussion: what was asked, and its answers in the order of time. */
export function Component() {
  const { node } = useScreen<DiscussionPageQuery>(query);
  return node?.discussion ? <Whole discussion={node.discussion} /> : <NotThere />;
}

function Whole({ discussion }: { discussion: DiscussionPage_discussion$key }) {
  const data = useFragment(
    graphql`
      fragment DiscussionPage_discussion on Discussion {
        id kind title bodyHtml state createdAt editedAt postCount viewerCan
        author { ...DiscussionPage_author }
        group { handle name }
        caseDetails { question }
        labels { code text }
        ...DiscussionPage_posts
      }
    `,
    discussion,
  );
  return (
    <Stack gap="xl">
      <Stack component="article" gap="md">
        {data.group != null && <Anchor component={Link} to={`/groups/${data.group.handle}`} size="sm">{data.group.name}</Anchor>}
        <Title order={1}>{data.title ?? <Trans>Untitled</Trans>}</Title>
        <Group gap="sm"><Kind kind={data.kind} />{data.labels.map(({ code, text }) => <Text key={code} size="sm">{text}</Text>)}</Group>
        <Author author={data.author} at={data.createdAt} edited={data.editedAt} />
        {data.bodyHtml != null ? <Written html={data.bodyHtml} /> : <Hidden state={data.state} />}
        {data.caseDetails != null && <Text fw={600} className="text">{data.caseDetails.question}</Text>}
      </Stack>
      <Posts discussion={data} count={data.postCount} />
      {data.viewerCan.includes("REPLY")
        ? <Answer discussion={data.id} />
        : <Text c="dimmed" size="sm"><Trans>Only members of the group answer here.</Trans></Text>}
    </Stack>
  );
}

function Posts({ discussion, count }: { discussion: DiscussionPage_posts$key; count: number }) {
  const { data, hasPrevious, isLoadingPrevious, loadPrevious } = usePaginationFragment(
    graphql`
      fragment DiscussionPage_posts on Discussion
      @argumentDefinitions(count: { type: "Int", defaultValue: 20 }, cursor: { type: "String" })
      @refetchable(queryName: "DiscussionPagePostsQuery") {
        posts(last: $count, before: $cursor) @connection(key: "DiscussionPage_posts") {
          edges {
            node {
              id bodyHtml state createdAt editedAt
              author { ...DiscussionPage_author }
            }
          }
        }
      }
    `,
    discussion,
  );
  const posts = data.posts?.edges ?? [];
  return (
    <Stack component="section" gap="lg" aria-live="polite">
      <Title order={2}><Plural value={count} one="# answer" other="# answers" /></Title>
      {hasPrevious && <Button variant="default" loading={isLoadingPrevious} onClick={() => loadPrevious(20)}><Trans>Show earlier answers</Trans></Button>}
      {posts.map(({ node }) => (
        <Stack component="article" className="card" gap="sm" key={node.id}>
          <Author author={node.author} at={node.createdAt} edited={node.editedAt} />
          {node.bodyHtml != null ? <Written html={node.bodyHtml} /> : <Hidden state={node.state} />}
        </Stack>
      ))}
    </Stack>
  );
}

function Author({ author, at, edited }: { author: DiscussionPage_author$key | null | undefined; at: string; edited: string | null | undefined }) {
  const data = useFragment(
    graphql`
      fragment DiscussionPage_author on Professional {
        handle name
        practisedSpecialties { primary specialty { name } }
        ...Verified_professional
      }
    `,
    author ?? null,
  );
  const primary = data?.practisedSpecialties.find(({ primary: first }) => first) ?? data?.practisedSpecialties[0];
  return (
    <Group gap="sm" wrap="nowrap" align="flex-start">
      <Avatar name={data?.name} color={data == null ? "gray" : "teal"} variant="filled" radius="xl" aria-hidden />
      <div>
        {data == null
          ? <Text c="dimmed"><Trans>Somebody who is not shown</Trans></Text>
          : <Text><Link to={`/people/${data.handle}`}>{data.name}</Link>{primary != null && <Text component="span" c="dimmed"> · {primary.specialty.name}</Text>}</Text>}
        <Group gap="sm">
          {data != null && <Verified professional={data} />}
          <Text size="sm" c="dimmed"><time dateTime={at}>{ago(at)}</time>{edited != null && <> · <Trans>edited</Trans></>}</Text>
        </Group>
      </div>
    </Group>
  );
}

function Hidden({ state }: { state: string }) {
  return (
    <Text c="dimmed" fs="italic">
      {state === "DELETED" ? <Trans>Its author deleted this.</Trans> : state === "HELD" ? <Trans>This waits for a moderator.</Trans> : <Trans>A moderator hid this.</Trans>}
    </Text>
  );
}
