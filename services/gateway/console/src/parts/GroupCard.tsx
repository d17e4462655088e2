import { Badge, Group, Stack, Text, Title } from "@mantine/core";
import { Plural, Trans } from "@lingui/react/macro";
import { graphql, useFragment } from "react-relay";
import { Link } from "react-router";

import { languageName, list } from "~/app/locale.ts";
import type { GroupCard_group$key } from "~/__generated__/GroupCard_group.graphql.ts";

/** A group in a list: what it is for, how many are in it, and whether the reader would be let in. */
export function GroupCard({ group }: { group: GroupCard_group$key }) {
  const data = useFragment(
    graphql`
      fragment GroupCard_group on Group {
        handle name purpose languages memberCount joinPolicy
        specialties { id name }
        regions { code name }
        viewerMembership { state role }
        viewerEligibility { eligible clauses { met text } }
      }
    `,
    group,
  );
  const refused = data.viewerEligibility?.clauses.find(({ met }) => !met);
  return (
    <Stack className="card" gap={6}>
      <Group justify="space-between" align="flex-start">
        <Title order={3}><Link className="plain" to={`/groups/${data.handle}`}>{data.name}</Link></Title>
        {data.viewerMembership?.state === "ACTIVE" && <Badge variant="light"><Trans>Member</Trans></Badge>}
        {data.viewerMembership?.state === "REQUESTED" && <Badge variant="light" color="gray"><Trans>You asked to join</Trans></Badge>}
      </Group>
      <Text size="sm" className="text">{data.purpose}</Text>
      <div className="facts">
        {data.memberCount != null && <span><Plural value={data.memberCount} one="# member" other="# members" /></span>}
        {data.specialties.length > 0 && <span>{list(data.specialties.map(({ name }) => name), "unit")}</span>}
        {data.regions.length > 0 && <span>{list(data.regions.map(({ name }) => name), "unit")}</span>}
        {data.languages.length > 0 && <span>{list(data.languages.map(languageName), "unit")}</span>}
      </div>
      {data.viewerMembership == null && refused != null && <Text size="sm" c="dimmed">{refused.text}</Text>}
    </Stack>
  );
}
