import { Alert, Anchor, Button, PasswordInput, Stack, TextInput, Title } from "@mantine/core";
import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { Link, useNavigate, useSearchParams } from "react-router";

import { ApiError } from "~/app/api.ts";
import { signIn } from "~/app/session.ts";

/** Only pages of this app are gone to after signing in: an address that begins with two slashes is another site's. */
export function nextPage(wanted: string | null): string {
  return wanted != null && /^\/(?![/\\])/.test(wanted) ? wanted : "/";
}

/** Signing in with address and password, and the one-time password where the account has one. */
export function Component() {
  const { t } = useLingui();
  const navigate = useNavigate();
  const [search] = useSearchParams();
  const [problem, setProblem] = useState<ApiError | null>(null);
  const [busy, setBusy] = useState(false);
  const [otp, setOtp] = useState(false); // whether the account has asked for one

  async function submit(form: FormData) {
    setBusy(true);
    try {
      await signIn(String(form.get("email")), String(form.get("password")), String(form.get("otp") ?? ""));
      await navigate(nextPage(search.get("next")), { replace: true });
    } catch (error) {
      if (error instanceof ApiError && error.code === "OTP_REQUIRED") setOtp(true);
      setProblem(error instanceof ApiError ? error : new ApiError("UNKNOWN", "", null));
    } finally {
      setBusy(false);
    }
  }

  return (
    <main className="page" style={{ maxInlineSize: 420 }}>
      <form onSubmit={(event) => { event.preventDefault(); void submit(new FormData(event.currentTarget)); }}>
        <Stack>
          <Title order={1}><Trans>Sign in</Trans></Title>
          {problem != null && (
            <Alert color="red" variant="light" role="alert">
              {problem.message || (problem.code === "OFFLINE" ? <Trans>Nothing answers. Your line may be down.</Trans> : <Trans>The service did not answer as expected.</Trans>)}
            </Alert>
          )}
          <TextInput name="email" type="email" label={t`Address`} autoComplete="username" required />
          <PasswordInput name="password" label={t`Password`} autoComplete="current-password" required />
          {otp && (
            <TextInput name="otp" label={t`One-time password`} description={t`From your authenticator, or a recovery code`}
              autoComplete="one-time-code" required data-autofocus />
          )}
          <Button type="submit" loading={busy}><Trans>Sign in</Trans></Button>
          <Anchor component={Link} to="/welcome" size="sm"><Trans>What Consilium is</Trans></Anchor>
        </Stack>
      </form>
    </main>
  );
}
