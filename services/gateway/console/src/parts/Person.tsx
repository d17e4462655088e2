import { Avatar, Group, Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { graphql, useFragment } from "react-relay";
import { Link } from "react-router";

import { languageName, list } from "~/app/locale.ts";
import { Verified } from "~/parts/Verified.tsx";
import type { Person_professional$key } from "~/__generated__/Person_professional.graphql.ts";

/**
 * Somebody in a list: name, what they do where, languages, the verified mark, why they are shown, and one action.
 *
 * @param why - sentences that say why they are shown.
 * @param action - what fits how the reader stands to them.
 */
export function Person({ professional, why, action }: {
  professional: Person_professional$key; why?: readonly string[]; action?: ReactNode;
}) {
  const data = useFragment(
    graphql`
      fragment Person_professional on Professional {
        handle name preferredName nameHidden headline languages
        profession { name }
        practisedSpecialties { primary specialty { name } }
        regions { name }
        ...Verified_professional
      }
    `,
    professional,
  );
  const specialties = [...data.practisedSpecialties].sort((one, other) => Number(other.primary) - Number(one.primary));
  const what = specialties.length > 0 ? list(specialties.map(({ specialty }) => specialty.name)) : data.profession?.name;
  return (
    <Group className="card" wrap="nowrap" align="flex-start" gap="md">
      <Avatar name={data.name} color="teal" variant="filled" radius="xl" aria-hidden />
      <Stack gap={4} style={{ flex: 1, minWidth: 0 }}>
        <Title order={3}>
          <Link className="plain" to={`/people/${data.handle}`}>{data.name}</Link>
          {data.preferredName != null && data.preferredName !== data.name && (
            <Text component="span" c="dimmed" fw={400}> ({data.preferredName})</Text>
          )}
        </Title>
        <div className="facts">
          {what != null && <span>{what}</span>}
          {data.regions.length > 0 && <span>{list(data.regions.map(({ name }) => name), "unit")}</span>}
          {data.languages.length > 0 && <span>{list(data.languages.map(languageName), "unit")}</span>}
        </div>
        <div><Verified professional={data} /></div>
        {data.headline != null && <Text size="sm" className="text">{data.headline}</Text>}
        {why != null && why.length > 0 && <Text size="sm" c="dimmed" className="text">{why.join(" · ")}</Text>}
        {action != null && <Group mt="sm">{action}</Group>}
      </Stack>
    </Group>
  );
}
