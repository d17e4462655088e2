import { Badge, Popover, Stack, Text, UnstyledButton } from "@mantine/core";
import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { IconAlertTriangle, IconRosetteDiscountCheck, IconUserQuestion } from "@tabler/icons-react";
import { graphql, useFragment } from "react-relay";

import { day, list, regionName } from "~/app/locale.ts";
import type { Verified_professional$key } from "~/__generated__/Verified_professional.graphql.ts";

const COUNTING = new Set(["GOOD", "CONDITIONS"]);

/** Where somebody may practise and since when that is known, in words; what was verified, by whom and when, when opened. */
export function Verified({ professional }: { professional: Verified_professional$key }) {
  const { t } = useLingui();
  const data = useFragment(
    graphql`
      fragment Verified_professional on Professional {
        verification
        licences {
          id jurisdiction standing checkedOn expiresOn sourceAsOf
          authority { id name }
          profession { name }
        }
      }
    `,
    professional,
  );
  const licences = data.licences ?? [];
  if (data.verification !== "RIGHT_TO_PRACTISE") {
    return (
      <Text size="sm" c="dimmed" component="span">
        <IconUserQuestion size={16} aria-hidden style={{ verticalAlign: "-3px" }} />{" "}
        {data.verification === "IDENTITY" ? <Trans>Identity verified, no licence yet</Trans> : <Trans>Not verified</Trans>}
      </Text>
    );
  }
  const counting = licences.filter(({ standing }) => COUNTING.has(standing));
  const countries = list([...new Set(counting.map(({ jurisdiction }) => regionName(jurisdiction)))]);
  const checked = counting.map(({ checkedOn }) => checkedOn).filter((found) => found != null).sort().at(-1);
  const others = licences.length - counting.length;
  return (
    <Popover width={340} position="bottom-start" shadow="md" withinPortal>
      <Popover.Target>
        <UnstyledButton fz="sm" fw={600} c="var(--accent)" aria-label={t`What was verified`}>
          <IconRosetteDiscountCheck size={18} aria-hidden style={{ verticalAlign: "-4px" }} />{" "}
          {countries === "" ? <Trans>May practise</Trans> : <Trans>May practise in {countries}</Trans>}
          {checked != null && <> · <Trans>checked {day(checked)}</Trans></>}
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="sm">
          {licences.map((licence) => (
            <div key={licence.id}>
              <Text size="sm" fw={600}>{regionName(licence.jurisdiction)}: {licence.profession?.name ?? t`Licence`}</Text>
              <Text size="sm" c="dimmed">{licence.authority.name}</Text>
              <Text size="sm">
                <Standing standing={licence.standing} />
                {licence.checkedOn != null && <> · <Trans>checked {day(licence.checkedOn)}</Trans></>}
                {licence.expiresOn != null && <> · <Trans>valid until {day(licence.expiresOn)}</Trans></>}
              </Text>
            </div>
          ))}
          {others > 0 && (
            <Text size="sm" c="dimmed">
              <IconAlertTriangle size={14} aria-hidden />{" "}
              <Plural value={others} one="# licence does not count now." other="# licences do not count now." />
            </Text>
          )}
          <Text size="xs" c="dimmed"><Trans>What is in no licence above was not verified.</Trans></Text>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

/** The standing of a licence as a word. */
export function Standing({ standing }: { standing: string }) {
  switch (standing) {
    case "GOOD": return <Trans>In good standing</Trans>;
    case "CONDITIONS": return <Badge color="orange" variant="light"><Trans>With conditions</Trans></Badge>;
    case "SUSPENDED": return <Badge color="red" variant="light"><Trans>Suspended</Trans></Badge>;
    case "REVOKED": return <Badge color="red" variant="light"><Trans>Revoked</Trans></Badge>;
    case "LAPSED": return <Badge color="gray" variant="light"><Trans>Lapsed</Trans></Badge>;
    default: return <Trans>Not known</Trans>;
  }
}
