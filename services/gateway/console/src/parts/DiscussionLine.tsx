import { Badge, Group, Stack, Text, Title } from "@mantine/core";
import { Plural, Trans } from "@lingui/react/macro";
import { graphql, useFragment } from "react-relay";
import { Link } from "react-router";

import { ago } from "~/app/locale.ts";
import type { DiscussionLine_discussion$key } from "~/__generated__/DiscussionLine_discussion.graphql.ts";

/** A discussion in a list: its title, whose it is, where, and what is new in it. */
export function DiscussionLine({ discussion, showGroup = false }: { discussion: DiscussionLine_discussion$key; showGroup?: boolean }) {
  const data = useFragment(
    graphql`
      fragment DiscussionLine_discussion on Discussion {
        id kind title bodyText postCount unreadCount createdAt lastPostAt
        author { name }
        group { handle name }
      }
    `,
    discussion,
  );
  return (
    <Stack className="card" gap={6}>
      <Group gap="sm">
        <Kind kind={data.kind} />
        {showGroup && data.group != null && <Text size="sm" c="dimmed">{data.group.name}</Text>}
      </Group>
      <Title order={3}><Link className="plain" to={`/discussions/${encodeURIComponent(data.id)}`}>{data.title ?? <Trans>Untitled</Trans>}</Link></Title>
      {data.bodyText != null && <Text size="sm" className="text" lineClamp={2}>{data.bodyText}</Text>}
      <div className="facts">
        <span>{data.author?.name ?? <Trans>Somebody who is not shown</Trans>}</span>
        <span>{ago(data.lastPostAt ?? data.createdAt)}</span>
        <span><Plural value={data.postCount} one="# answer" other="# answers" /></span>
        {(data.unreadCount ?? 0) > 0 && <strong><Plural value={data.unreadCount ?? 0} one="# new" other="# new" /></strong>}
      </div>
    </Stack>
  );
}

/** The kind of a discussion as a word. */
export function Kind({ kind }: { kind: string }) {
  const color = kind === "ALERT" ? "red" : kind === "CASE" ? "teal" : "gray";
  return (
    <Badge variant="light" color={color}>
      {kind === "QUESTION" ? <Trans>Question</Trans> : kind === "CASE" ? <Trans>Case</Trans> : kind === "LIVE_QA" ? <Trans>Live session</Trans>
        : kind === "ALERT" ? <Trans>Alert</Trans> : kind === "POLL" ? <Trans>Poll</Trans> : <Trans>Discussion</Trans>}
    </Badge>
  );
}
