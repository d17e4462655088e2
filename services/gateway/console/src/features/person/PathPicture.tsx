import { Avatar, Group, Text } from "@mantine/core";
import { Trans } from "@lingui/react/macro";
import { graphql, useFragment } from "react-relay";
import { Link } from "react-router";

import type { PathPicture_professional$key } from "~/__generated__/PathPicture_professional.graphql.ts";

/** How the reader is linked to somebody, as a row of portraits that reads as a sentence. */
export function PathPicture({ professional }: { professional: PathPicture_professional$key }) {
  const { path, name } = useFragment(
    graphql`
      fragment PathPicture_professional on Professional {
        name
        path { length steps { redactedAs professional { id handle name } } }
      }
    `,
    professional,
  );
  if (path == null) return <Text size="sm" c="dimmed"><Trans>No path of known people leads to {name}.</Trans></Text>;
  return (
    <ol className="path">
      <li><Text size="sm"><Trans>You</Trans></Text></li>
      {path.steps.map(({ professional: person, redactedAs }, index) => (
        <li key={index} style={{ display: "flex", alignItems: "center" }}>
          <Group gap={6} wrap="nowrap">
            <Avatar name={person?.name} color={person == null ? "gray" : "teal"} variant="filled" size="sm" aria-hidden />
            {person == null
              ? <Text size="sm" fs="italic">{redactedAs}</Text>
              : <Link to={`/people/${person.handle}`}>{person.name}</Link>}
          </Group>
        </li>
      ))}
    </ol>
  );
}
