import { Alert, List, Text } from "@mantine/core";
import { Trans, useLingui } from "@lingui/react/macro";

type Finding = { readonly field: string; readonly identifierKind: string; readonly start: number; readonly end: number };
export type Refused = { code: string; message: string; found: readonly Finding[] };

/** The words that a finding marks; it counts code points, as JavaScript's strings do not. */
export function marked(text: string, { start, end }: Pick<Finding, "start" | "end">): string {
  return [...text].slice(start, end).join("");
}

/** Why a text was not sent: what in it could tell who a patient is, or another reason. Nothing of it was lost. */
export function Refusal({ refused, texts }: { refused: Refused; texts: Record<string, string> }) {
  const { t } = useLingui();
  return (
    <Alert color={refused.code === "HELD_FOR_REVIEW" ? "yellow" : "red"} variant="light" role="alert"
      title={refused.code === "PATIENT_IDENTIFIER" ? t`This could tell who a patient is` : t`This was not posted`}>
      <Text size="sm">{refused.message || t`Nothing answers. Nothing was lost; try again.`}</Text>
      {refused.found.length > 0 && (
        <List size="sm" mt="sm">
          {refused.found.map((finding) => (
            <List.Item key={`${finding.field} ${finding.start}`}>
              <mark>{marked(texts[finding.field] ?? "", finding)}</mark> <Trans>Take it out, or say it more generally.</Trans>
            </List.Item>
          ))}
        </List>
      )}
    </Alert>
  );
}
