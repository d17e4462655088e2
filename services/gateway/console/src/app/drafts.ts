import { useEffect, useState } from "react";

/**
 * A text that survives leaving the page, a reload and a line that breaks. It stays in this tab's storage until it is sent.
 *
 * @param key - what the text is for.
 * @returns the text, a function that sets it, and one that forgets it.
 */
export function useDraft(key: string): [string, (text: string) => void, () => void] {
  const name = `draft ${key}`;
  const [text, setText] = useState(() => sessionStorage.getItem(name) ?? "");
  useEffect(() => {
    if (text === "") sessionStorage.removeItem(name);
    else sessionStorage.setItem(name, text);
  }, [name, text]);
  return [text, setText, () => setText("")];
}
