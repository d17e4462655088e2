import { Anchor, Group, Stack, Text, Title } from "@mantine/core";
import { Trans } from "@lingui/react/macro";
import { IconCircleCheck, IconCircleDashed, IconClock } from "@tabler/icons-react";
import { graphql } from "react-relay";
import { Link } from "react-router";

import { screen, useScreen } from "~/app/screen.ts";
import { Connect } from "~/parts/Connect.tsx";
import { DiscussionLine } from "~/parts/DiscussionLine.tsx";
import { Person } from "~/parts/Person.tsx";
import { Empty, Missing } from "~/parts/states.tsx";
import type { StartQuery } from "~/__generated__/StartQuery.graphql.ts";

const query = graphql`
  query StartQuery {
    viewer {
      id
      professional { name preferredName verification }
      verificationSteps { kind state title text nextStep }
      suggestions(first: 4) { edges { reasons { text } node { id ...Person_professional ...Connect_professional } } }
      feed(first: 10) { nodes { id ...DiscussionLine_discussion } }
    }
  }
`;

/** What the page reads. */
export const loader = screen<StartQuery>(query, () => ({}));

/** What is next for the reader: being verified, what is new in their groups, and people to know. */
export function Component() {
  const { viewer } = useScreen<StartQuery>(query);
  if (viewer == null) return <Missing />;
  const { professional } = viewer;
  const steps = viewer.verificationSteps.filter(({ state }) => state !== "DONE");
  return (
    <Stack gap="xl">
      <Title order={1}><Trans>Hello, {professional.preferredName ?? professional.name}</Trans></Title>
      {steps.length > 0 && (
        <Stack component="section">
          <Title order={2}><Trans>To be verified</Trans></Title>
          <ol className="cards">
            {viewer.verificationSteps.map(({ kind, state, title, text, nextStep }, index) => (
              <li key={index}>
                <Group className="card" wrap="nowrap" align="flex-start">
                  {state === "DONE" ? <IconCircleCheck aria-hidden /> : state === "WAITING" ? <IconClock aria-hidden /> : <IconCircleDashed aria-hidden />}
                  <div data-kind={kind}>
                    <Text fw={600}>{title}</Text><Text size="sm" className="text">{text}</Text>
                    {nextStep != null && <Text size="sm" c="dimmed" className="text">{nextStep}</Text>}
                  </div>
                </Group>
              </li>
            ))}
          </ol>
        </Stack>
      )}
      <Stack component="section">
        <Title order={2}><Trans>New in your groups</Trans></Title>
        {viewer.feed == null ? <Missing /> : viewer.feed.nodes.length === 0
          ? <Empty title={<Trans>Nothing is new</Trans>}><Anchor component={Link} to="/groups"><Trans>Find a group</Trans></Anchor></Empty>
          : <ul className="cards">{viewer.feed.nodes.map((node) => <li key={node.id}><DiscussionLine discussion={node} showGroup /></li>)}</ul>}
      </Stack>
      <Stack component="section">
        <Title order={2}><Trans>People to know</Trans></Title>
        {viewer.suggestions == null ? <Missing /> : viewer.suggestions.edges.length === 0
          ? <Empty title={<Trans>Nobody to suggest yet</Trans>}><Anchor component={Link} to="/find"><Trans>Find a colleague</Trans></Anchor></Empty>
          : (
            <ul className="cards">
              {viewer.suggestions.edges.map(({ node, reasons }) => (
                <li key={node.id}><Person professional={node} why={reasons.map(({ text }) => text)} action={<Connect professional={node} />} /></li>
              ))}
            </ul>
          )}
      </Stack>
    </Stack>
  );
}
