import { Alert, Button, Skeleton, Stack, Text, Title } from "@mantine/core";
import { Trans, useLingui } from "@lingui/react/macro";
import type { ReactNode } from "react";

import { ApiError } from "~/app/api.ts";

/** In the shape of cards that come. */
export function Waiting({ cards = 4 }: { cards?: number }) {
  const { t } = useLingui();
  return (
    <Stack aria-busy aria-label={t`Loading`} role="status" gap="md">
      {Array.from({ length: cards }, (_, index) => (
        <div className="card" key={index}>
          <Skeleton height={20} width="40%" mb="sm" />
          <Skeleton height={14} width="70%" mb="xs" />
          <Skeleton height={14} width="55%" />
        </div>
      ))}
    </Stack>
  );
}

/** Nothing is there: what it would be, and the next step. */
export function Empty({ title, children }: { title: ReactNode; children?: ReactNode }) {
  return (
    <Stack className="card" align="flex-start" gap="sm">
      <Title order={2} size="h3">{title}</Title>
      {children}
    </Stack>
  );
}

/** What happened, the request's id, and another try. */
export function Failed({ error, retry }: { error: unknown; retry?: () => void }) {
  return (
    <Alert color="red" variant="light" title={<Trans>This could not be shown</Trans>} role="alert">
      <Stack align="flex-start" gap="sm">
        <Text size="sm">{sentence(error)}</Text>
        {error instanceof ApiError && error.requestId != null && (
          <Text size="xs" c="dimmed"><Trans>Request {error.requestId}</Trans></Text>
        )}
        {retry != null && <Button variant="default" size="sm" onClick={retry}><Trans>Try again</Trans></Button>}
      </Stack>
    </Alert>
  );
}

/** One part of a page that a service could not give, while the rest works. */
export function Missing() {
  return <Text size="sm" c="dimmed"><Trans>This part cannot be shown now. The rest works.</Trans></Text>;
}

function sentence(error: unknown): ReactNode {
  if (!(error instanceof ApiError)) return <Trans>Something in this page went wrong. Load it again.</Trans>;
  if (error.code === "OFFLINE") return <Trans>Nothing answers. Your line may be down.</Trans>;
  if (error.message !== "") return error.message;
  return <Trans>The service did not answer as expected.</Trans>;
}
