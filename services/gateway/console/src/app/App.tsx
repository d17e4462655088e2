import { DirectionProvider, MantineProvider } from "@mantine/core";
import { useEffect, useState } from "react";
import { RelayEnvironmentProvider } from "react-relay";
import { RouterProvider } from "react-router";
import { I18nProvider } from "@lingui/react";
import { i18n } from "@lingui/core";

import { environment } from "~/app/environment.ts";
import { currentLocale, directionOf, loadTexts } from "~/app/locale.ts";
import { router } from "~/app/routes.tsx";
import { cssVariables, theme } from "~/app/theme.ts";

const nonce = document.querySelector<HTMLMetaElement>("meta[name=csp-nonce]")?.content ?? "";

/** The whole app: texts, theme, store and routes. It shows nothing until the texts of the reader's language are there. */
export function App() {
  const [locale, setLocale] = useState<string | null>(null);
  useEffect(() => {
    void loadTexts(currentLocale()).then(setLocale);
  }, []);
  if (locale === null) return null;
  return (
    <I18nProvider i18n={i18n}>
      <DirectionProvider initialDirection={directionOf(locale)}>
        <MantineProvider
          theme={theme}
          cssVariablesResolver={cssVariables}
          defaultColorScheme="auto"
          getStyleNonce={() => nonce}
        >
          <RelayEnvironmentProvider environment={environment}>
            <RouterProvider router={router} />
          </RelayEnvironmentProvider>
        </MantineProvider>
      </DirectionProvider>
    </I18nProvider>
  );
}
