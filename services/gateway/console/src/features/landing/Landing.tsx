import { Anchor, Button, Group, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { Trans, useLingui } from "@lingui/react/macro";
import { IconMessages, IconRosetteDiscountCheck, IconShieldLock } from "@tabler/icons-react";
import { useState } from "react";
import { graphql, loadQuery, type PreloadedQuery, usePreloadedQuery } from "react-relay";
import { Link, useLoaderData, useNavigate } from "react-router";

import { environment } from "~/app/environment.ts";
import { signIn } from "~/app/session.ts";
import type { LandingQuery } from "~/__generated__/LandingQuery.graphql.ts";

const query = graphql`
  query LandingQuery {
    instance { name operator contact demo }
  }
`;
const PASSWORD = "consilium-demo"; // of the invented people, who exist in the demo alone

/** What the page reads. */
export const loader = () => loadQuery<LandingQuery>(environment, query, {});

/** What this is and for whom; in the demo, one click signs in as one of its people. */
export function Component() {
  const { t } = useLingui();
  const { instance } = usePreloadedQuery<LandingQuery>(query, useLoaderData<PreloadedQuery<LandingQuery>>());
  const people = [
    { name: "maria", label: "María", text: t`Cardiologist, may practise in Spain and Germany` },
    { name: "jonas", label: "Jonas", text: t`Cardiologist, may practise in Germany` },
    { name: "amina", label: "Amina", text: t`Infectious diseases, may practise in Kenya` },
    { name: "noel", label: "Noel", text: t`A new member who is not verified yet` },
  ];
  const reasons = [
    { Icon: IconRosetteDiscountCheck, title: t`Verified, across borders`, text: t`Every licence is checked with the authority that gave it. You see where somebody may practise, and when that was last looked at.` },
    { Icon: IconMessages, title: t`Found by what they do`, text: t`Search by specialty, place and language in everyday words. Titles are translated: a Facharzt is found as a consultant.` },
    { Icon: IconShieldLock, title: t`Cases without patients`, text: t`A guard reads what is written before it is shown, and stops what could tell who a patient is.` },
  ];
  return (
    <main className="page">
      <Stack gap="xl">
        <Stack gap="md" mt="xl">
          <Text fw={700} c="var(--accent)">{instance.name}</Text>
          <Title order={1} className="text" fz={32}><Trans>The colleague you need may be in another country.</Trans></Title>
          <Text className="text" size="lg" c="dimmed">
            <Trans>Consilium is where verified health professionals find each other by specialty, place and language, and discuss across borders.</Trans>
          </Text>
          <Group><Button component={Link} to="/sign-in" size="md"><Trans>Sign in</Trans></Button></Group>
        </Stack>
        {instance.demo && <Demo people={people} />}
        <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="xl">
          {reasons.map(({ Icon, title, text }) => (
            <Stack gap="sm" key={title}>
              <Icon size={28} aria-hidden color="var(--accent)" />
              <Title order={2} size="h3">{title}</Title>
              <Text c="dimmed">{text}</Text>
            </Stack>
          ))}
        </SimpleGrid>
        <Text size="sm" c="dimmed">
          <Trans>Run by {instance.operator}.</Trans>{" "}
          <Anchor href={`mailto:${instance.contact}`} size="sm" underline="always">{instance.contact}</Anchor>
        </Text>
      </Stack>
    </main>
  );
}

function Demo({ people }: { people: { name: string; label: string; text: string }[] }) {
  const navigate = useNavigate();
  const [busy, setBusy] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);

  async function enter(name: string) {
    setBusy(name);
    try {
      await signIn(`${name}@demo.example`, PASSWORD);
      await navigate("/");
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
      setBusy(null);
    }
  }

  return (
    <Stack gap="sm" component="section" aria-labelledby="demo">
      <Title order={2} id="demo"><Trans>Look around as somebody</Trans></Title>
      <Text c="dimmed"><Trans>This is a demo. Everybody in it is invented.</Trans></Text>
      <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }}>
        {people.map(({ name, label, text }) => (
          <Stack className="card" gap="sm" justify="space-between" key={name}>
            <div><Text fw={600}>{label}</Text><Text size="sm" c="dimmed">{text}</Text></div>
            <Button variant="light" loading={busy === name} onClick={() => void enter(name)}><Trans>Enter as {label}</Trans></Button>
          </Stack>
        ))}
      </SimpleGrid>
      {problem != null && <Text c="red" role="alert">{problem}</Text>}
    </Stack>
  );
}
