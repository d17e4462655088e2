import DOMPurify from "dompurify";
import { useMemo } from "react";

/** A text that a member wrote, from the API's sanitised HTML, and sanitised here once more. */
export function Written({ html }: { html: string }) {
  const clean = useMemo(
    () => DOMPurify.sanitize(html, { RETURN_TRUSTED_TYPE: true, USE_PROFILES: { html: true }, FORBID_ATTR: ["style"] }),
    [html],
  );
  return <div className="written" dangerouslySetInnerHTML={{ __html: clean as unknown as string }} />;
}
