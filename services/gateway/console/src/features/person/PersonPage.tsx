import { Avatar, Group, Stack, Text, Title } from "@mantine/core";
import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { graphql } from "react-relay";
import { Link } from "react-router";

import { languageName, list } from "~/app/locale.ts";
import { screen, useScreen } from "~/app/screen.ts";
import { NotThere } from "~/app/Shell.tsx";
import { Connect } from "~/parts/Connect.tsx";
import { Verified } from "~/parts/Verified.tsx";
import { Introduce } from "~/features/person/Introduce.tsx";
import { PathPicture } from "~/features/person/PathPicture.tsx";
import type { PersonPageQuery } from "~/__generated__/PersonPageQuery.graphql.ts";

const query = graphql`
  query PersonPageQuery($handle: String!) {
    professional(by: { handle: $handle }) {
      id name preferredName headline about languages interests claimed connection
      profession { name }
      practisedSpecialties { primary verifiedIn specialty { code name } }
      regions { code name }
      institutions { role current verified institution { id name region { name } } }
      contacts { system value }
      mutualConnections(first: 5) { totalCount nodes { id handle name } }
      groups(first: 5) { totalCount nodes { id handle name } }
      ...Verified_professional
      ...Connect_professional
      ...PathPicture_professional
      ...Introduce_professional
    }
  }
`;

/** What the page reads. */
export const loader = screen<PersonPageQuery>(query, ({ params }) => ({ handle: params.handle ?? "" }));

/** One person: who they are, where they may practise, how they can be reached, and what links them to the reader. */
export function Component() {
  const { t } = useLingui();
  const { professional: person } = useScreen<PersonPageQuery>(query);
  if (person == null) return <NotThere />;
  const specialties = [...person.practisedSpecialties].sort((one, other) => Number(other.primary) - Number(one.primary));
  return (
    <Stack gap="xl" component="article">
      <Group align="flex-start" gap="lg">
        <Avatar name={person.name} color="teal" variant="filled" size={72} radius="xl" aria-hidden />
        <Stack gap="sm" style={{ flex: "1 1 16rem" }}>
          <Title order={1}>
            {person.name}
            {person.preferredName != null && person.preferredName !== person.name && (
              <Text component="span" c="dimmed" fz="inherit" fw={400}> ({person.preferredName})</Text>
            )}
          </Title>
          <Text>{specialties.length > 0 ? list(specialties.map(({ specialty }) => specialty.name)) : person.profession?.name}</Text>
          <div className="facts">
            {person.regions.length > 0 && <span>{list(person.regions.map(({ name }) => name), "unit")}</span>}
            {person.languages.length > 0 && <span>{list(person.languages.map(languageName), "unit")}</span>}
          </div>
          <div><Verified professional={person} /></div>
          <Group mt="sm"><Connect professional={person} /></Group>
        </Stack>
      </Group>
      {person.headline != null && <Text className="text" size="lg">{person.headline}</Text>}
      {person.about != null && <Text className="text" style={{ whiteSpace: "pre-line" }}>{person.about}</Text>}
      {person.connection !== "SELF" && (
        <Section title={t`Between you`}>
          <PathPicture professional={person} />
          <Introduce professional={person} />
          {person.mutualConnections != null && (person.mutualConnections.totalCount ?? 0) > 0 && (
            <Text size="sm">
              <Plural value={person.mutualConnections.totalCount ?? 0} one="# mutual connection" other="# mutual connections" />:{" "}
              {person.mutualConnections.nodes.map(({ id, handle, name }, index) => (
                <span key={id}>{index > 0 && ", "}<Link to={`/people/${handle}`}>{name}</Link></span>
              ))}
            </Text>
          )}
        </Section>
      )}
      <Section title={t`How to reach them`}>
        {(person.contacts ?? []).length === 0
          ? <Text size="sm" c="dimmed"><Trans>They show you no contacts. Connect, or ask for an introduction.</Trans></Text>
          : person.contacts?.map(({ system, value }) => <Text key={value}>{system}: {value}</Text>)}
      </Section>
      {person.institutions != null && person.institutions.length > 0 && (
        <Section title={t`Where they work`}>
          {person.institutions.map(({ institution, role, current }) => (
            <Text key={institution.id}>
              {institution.name}{role != null && `, ${role}`}
              <Text component="span" c="dimmed"> {institution.region?.name} {!current && <Trans>(formerly)</Trans>}</Text>
            </Text>
          ))}
        </Section>
      )}
      {person.interests.length > 0 && <Section title={t`Interests`}><Text>{list(person.interests, "unit")}</Text></Section>}
      {person.groups != null && person.groups.nodes.length > 0 && (
        <Section title={t`Groups`}>
          {person.groups.nodes.map(({ id, handle, name }) => <Link key={id} to={`/groups/${handle}`}>{name}</Link>)}
        </Section>
      )}
    </Stack>
  );
}

function Section({ title, children }: { title: string; children: React.ReactNode }) {
  return <Stack component="section" gap="sm"><Title order={2} size="h3">{title}</Title>{children}</Stack>;
}
