import { Button, Group, Text } from "@mantine/core";
import { Trans } from "@lingui/react/macro";
import { useState } from "react";
import { graphql, useFragment, useMutation } from "react-relay";

import type { ConnectRequestMutation } from "~/__generated__/ConnectRequestMutation.graphql.ts";
import type { ConnectRespondMutation } from "~/__generated__/ConnectRespondMutation.graphql.ts";
import type { Connect_professional$key } from "~/__generated__/Connect_professional.graphql.ts";

/** The one action that fits how the reader stands to somebody. */
export function Connect({ professional }: { professional: Connect_professional$key }) {
  const data = useFragment(
    graphql`
      fragment Connect_professional on Professional {
        id handle claimed connection
        incomingRequest { id }
      }
    `,
    professional,
  );
  const [problem, setProblem] = useState<string | null>(null);
  const [request, requesting] = useMutation<ConnectRequestMutation>(graphql`
    mutation ConnectRequestMutation($input: RequestConnectionInput!) {
      requestConnection(input: $input) {
        professional { ...Connect_professional }
        userErrors { message }
      }
    }
  `);
  const [respond, responding] = useMutation<ConnectRespondMutation>(graphql`
    mutation ConnectRespondMutation($input: RespondToConnectionInput!) {
      respondToConnection(input: $input) {
        professional { ...Connect_professional }
        userErrors { message }
      }
    }
  `);
  const failed = (error: Error) => setProblem(error.message || error.name);
  if (data.connection === "SELF" || data.connection == null) return null;
  if (!data.claimed) return <Text size="sm" c="dimmed"><Trans>Known from a register; not a member yet</Trans></Text>;
  return (
    <Group gap="sm">
      {data.connection === "NONE" && (
        <Button
          size="sm" loading={requesting}
          onClick={() => request({
            variables: { input: { to: data.id } },
            onCompleted: ({ requestConnection }) => setProblem(requestConnection?.userErrors[0]?.message ?? null),
            onError: failed,
          })}
        >
          <Trans>Connect</Trans>
        </Button>
      )}
      {data.connection === "REQUESTED_BY_THEM" && data.incomingRequest != null && (
        <Button
          size="sm" loading={responding}
          onClick={() => respond({
            variables: { input: { request: data.incomingRequest?.id ?? "", accept: true } },
            onCompleted: ({ respondToConnection }) => setProblem(respondToConnection?.userErrors[0]?.message ?? null),
            onError: failed,
          })}
        >
          <Trans>Accept the request</Trans>
        </Button>
      )}
      {data.connection === "REQUESTED_BY_ME" && <Text size="sm" c="dimmed"><Trans>You asked to connect</Trans></Text>}
      {data.connection === "CONNECTED" && <Text size="sm" c="dimmed"><Trans>Connected</Trans></Text>}
      {data.connection === "BLOCKED_BY_ME" && <Text size="sm" c="dimmed"><Trans>You have blocked this person</Trans></Text>}
      {problem != null && <Text size="sm" c="red" role="alert">{problem}</Text>}
    </Group>
  );
}
