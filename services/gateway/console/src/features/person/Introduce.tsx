import { Button, Group, Stack, Text, Textarea } from "@mantine/core";
import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { graphql, useFragment, useMutation } from "react-relay";

import type { IntroduceMutation } from "~/__generated__/IntroduceMutation.graphql.ts";
import type { Introduce_professional$key } from "~/__generated__/Introduce_professional.graphql.ts";

/** Ask the next person on the path for an introduction, with words of one's own. */
export function Introduce({ professional }: { professional: Introduce_professional$key }) {
  const { t } = useLingui();
  const data = useFragment(
    graphql`
      fragment Introduce_professional on Professional {
        id name claimed connection
        path { length steps { professional { id name } } }
      }
    `,
    professional,
  );
  const [open, setOpen] = useState(false);
  const [message, setMessage] = useState("");
  const [told, setTold] = useState<{ problem: boolean; text: string } | null>(null);
  const [ask, asking] = useMutation<IntroduceMutation>(graphql`
    mutation IntroduceMutation($input: RequestIntroductionInput!) {
      requestIntroduction(input: $input) {
        introduction { id introductionState }
        userErrors { message }
      }
    }
  `);
  if (!data.claimed || data.connection === "CONNECTED" || data.path?.length !== 2) return null;
  // Whoever stands between may not be shown; then the first who could introduce the reader is asked.
  const via = data.path.steps[0]?.professional;
  const name = via?.name ?? t`a colleague`;
  if (told != null && !told.problem) return <Text role="status">{told.text}</Text>;
  if (!open) return <Group><Button variant="default" onClick={() => setOpen(true)}><Trans>Ask {name} to introduce you</Trans></Button></Group>;
  return (
    <Stack gap="sm" className="text">
      <Textarea
        label={t`What ${name} should know, and may pass on`} value={message} onChange={({ target }) => setMessage(target.value)}
        autosize minRows={3} maxLength={1000} error={told?.problem ? told.text : undefined} data-autofocus
      />
      <Group>
        <Button
          loading={asking} disabled={message.trim() === ""}
          onClick={() => ask({
            variables: { input: { to: data.id, via: via?.id ?? null, message } },
            onCompleted: ({ requestIntroduction }) => {
              const problem = requestIntroduction.userErrors[0]?.message;
              setTold(problem == null ? { problem: false, text: t`You asked ${name}. You are told when they answer.` } : { problem: true, text: problem });
            },
            onError: (error) => setTold({ problem: true, text: error.message || t`Nothing answers. Nothing was lost; try again.` }),
          })}
        >
          <Trans>Ask</Trans>
        </Button>
        <Button variant="subtle" onClick={() => setOpen(false)}><Trans>Not now</Trans></Button>
      </Group>
    </Stack>
  );
}
