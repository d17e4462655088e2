import { Button, Group, NativeSelect, Stack, Textarea, TextInput, Title } from "@mantine/core";
import { Trans, useLingui } from "@lingui/react/macro";
import { i18n } from "@lingui/core";
import { useState } from "react";
import { ConnectionHandler, graphql, useMutation } from "react-relay";

import { useDraft } from "~/app/drafts.ts";
import { Refusal, type Refused } from "~/features/discussions/Refusal.tsx";
import type { OpenMutation } from "~/__generated__/OpenMutation.graphql.ts";

/** Ask a question or begin a discussion in a group. */
export function Open({ group, connection }: { group: string; connection: string }) {
  const { t } = useLingui();
  const [open, setOpen] = useState(false);
  const [kind, setKind] = useState<string>("QUESTION");
  const [title, setTitle, forgetTitle] = useDraft(`title ${group}`);
  const [body, setBody, forgetBody] = useDraft(`body ${group}`);
  const [refused, setRefused] = useState<Refused | null>(null);
  const [create, creating] = useMutation<OpenMutation>(graphql`
    mutation OpenMutation($input: CreateDiscussionInput!, $connections: [ID!]!) {
      createDiscussion(input: $input) {
        discussion @prependNode(connections: $connections, edgeTypeName: "DiscussionEdge") { id ...DiscussionLine_discussion }
        patientIdentifiers { field identifierKind start end }
        userErrors { code message field }
      }
    }
  `);
  if (!open && body === "" && title === "") {
    return <Group><Button onClick={() => setOpen(true)}><Trans>Ask the group</Trans></Button></Group>;
  }
  return (
    <Stack className="card" component="form" onSubmit={(event) => {
      event.preventDefault();
      create({
        variables: {
          input: { group, kind: kind as "QUESTION" | "DISCUSSION", title, body, language: i18n.locale },
          connections: [ConnectionHandler.getConnectionID(group, connection)],
        },
        onCompleted: ({ createDiscussion: { userErrors, patientIdentifiers, discussion } }) => {
          const first = userErrors[0];
          setRefused(first == null ? null : { code: first.code, message: first.message, found: patientIdentifiers ?? [] });
          if (discussion != null) { forgetTitle(); forgetBody(); setOpen(false); }
        },
        onError: (error) => setRefused({ code: "UNKNOWN", message: error.message, found: [] }),
      });
    }}>
      <Title order={2} size="h3"><Trans>Ask the group</Trans></Title>
      <NativeSelect label={t`Kind`} value={kind} onChange={({ target }) => setKind(target.value)}
        data={[{ value: "QUESTION", label: t`Question` }, { value: "DISCUSSION", label: t`Discussion` }]} />
      <TextInput label={t`Title`} value={title} onChange={({ target }) => setTitle(target.value)} required maxLength={200} />
      <Textarea label={t`Text`} value={body} onChange={({ target }) => setBody(target.value)} required autosize minRows={5}
        description={t`Leave out what could tell who a patient is: names, dates of care, places.`} />
      {refused != null && <Refusal refused={refused} texts={{ title, body }} />}
      <Group>
        <Button type="submit" loading={creating}><Trans>Post</Trans></Button>
        <Button variant="subtle" onClick={() => { forgetTitle(); forgetBody(); setRefused(null); setOpen(false); }}><Trans>Discard</Trans></Button>
      </Group>
    </Stack>
  );
}
