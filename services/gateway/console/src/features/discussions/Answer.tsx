import { Button, Group, Stack, Textarea } from "@mantine/core";
import { Trans, useLingui } from "@lingui/react/macro";
import { i18n } from "@lingui/core";
import { useState } from "react";
import { ConnectionHandler, graphql, useMutation } from "react-relay";

import { useDraft } from "~/app/drafts.ts";
import { Refusal, type Refused } from "~/features/discussions/Refusal.tsx";
import type { AnswerMutation } from "~/__generated__/AnswerMutation.graphql.ts";

/** Answer in a discussion. What is typed stays until it is posted. */
export function Answer({ discussion }: { discussion: string }) {
  const { t } = useLingui();
  const [body, setBody, forget] = useDraft(`answer ${discussion}`);
  const [refused, setRefused] = useState<Refused | null>(null);
  const [post, posting] = useMutation<AnswerMutation>(graphql`
    mutation AnswerMutation($input: AddPostInput!, $connections: [ID!]!) {
      addPost(input: $input) {
        post @appendNode(connections: $connections, edgeTypeName: "PostEdge") {
          id bodyHtml state createdAt editedAt
          author { ...DiscussionPage_author }
          discussion { id postCount }
        }
        patientIdentifiers { field identifierKind start end }
        userErrors { code message field }
      }
    }
  `);
  return (
    <Stack component="form" gap="sm" className="text" onSubmit={(event) => {
      event.preventDefault();
      post({
        variables: {
          input: { discussion, body, language: i18n.locale },
          connections: [ConnectionHandler.getConnectionID(discussion, "DiscussionPage_posts")],
        },
        onCompleted: ({ addPost: { userErrors, patientIdentifiers, post: written } }) => {
          const first = userErrors[0];
          setRefused(first == null ? null : { code: first.code, message: first.message, found: patientIdentifiers ?? [] });
          if (written != null) forget();
        },
        onError: (error) => setRefused({ code: "UNKNOWN", message: error.message, found: [] }),
      });
    }}>
      <Textarea label={t`Your answer`} value={body} onChange={({ target }) => setBody(target.value)} autosize minRows={3} required />
      {refused != null && <Refusal refused={refused} texts={{ body }} />}
      <Group><Button type="submit" loading={posting}><Trans>Answer</Trans></Button></Group>
    </Stack>
  );
}
