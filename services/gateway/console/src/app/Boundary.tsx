import { type ReactNode, Suspense } from "react";
import { ErrorBoundary } from "react-error-boundary";
import { useLocation, useRevalidator } from "react-router";

import { Failed, Waiting } from "~/parts/states.tsx";

/** Shows what loads in the shape of what comes, and an error with another try; another address starts anew. */
export function Boundary({ children }: { children: ReactNode }) {
  const { key } = useLocation();
  const { revalidate, state } = useRevalidator();
  return (
    <ErrorBoundary
      resetKeys={[key, state]}
      onReset={({ reason }) => {
        if (reason === "imperative-api") void revalidate();
      }}
      fallbackRender={({ error, resetErrorBoundary }) => <Failed error={error} retry={resetErrorBoundary} />}
    >
      <Suspense fallback={<Waiting />}>{children}</Suspense>
    </ErrorBoundary>
  );
}
