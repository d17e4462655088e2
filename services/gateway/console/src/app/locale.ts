import { i18n } from "@lingui/core";

const LOCALES = ["en", "de", "es", "fr", "it", "pt"] as const;
const KEPT = "consilium-language"; // the choice of a language says nothing about a person, so it may stay in the browser

/** Names of the languages, each in itself. */
export const languages: Record<string, string> = {
  en: "English", de: "Deutsch", es: "Español", fr: "Français", it: "Italiano", pt: "Português",
};

/** The reader's language: what they chose, else the first of the browser's that the app has, else English. */
export function currentLocale(): string {
  const wanted = [localStorage.getItem(KEPT), ...navigator.languages];
  for (const tag of wanted) {
    const base = tag?.split("-")[0];
    if (base !== undefined && (LOCALES as readonly string[]).includes(base)) return base;
  }
  return "en";
}

/** Load the texts of a language, and let the page say that it is in it. */
export async function loadTexts(locale: string): Promise<string> {
  const { messages } = await import(`../texts/${locale}.po`);
  i18n.loadAndActivate({ locale, messages });
  document.documentElement.lang = locale;
  return locale;
}

/** Keep the choice of a language, and show the page in it. */
export function chooseLocale(locale: string): void {
  localStorage.setItem(KEPT, locale);
  location.reload();
}

/** Whether a language is written from right to left. */
export function directionOf(locale: string): "ltr" | "rtl" {
  return /^(ar|he|fa|ur)\b/.test(locale) ? "rtl" : "ltr";
}

const cache = new Map<string, Intl.DisplayNames>();

function names(type: "region" | "language"): Intl.DisplayNames {
  const key = `${type} ${i18n.locale}`;
  let found = cache.get(key);
  if (found === undefined) {
    found = new Intl.DisplayNames([i18n.locale, "en"], { type, fallback: "code" });
    cache.set(key, found);
  }
  return found;
}

/** The name of a country or part of one (`DE`, `US-CA`) in the reader's language; its code where there is none. */
export function regionName(code: string): string {
  const [country = code, part] = code.split("-");
  if (!/^[A-Z]{2}$/.test(country)) return code;
  const name = names("region").of(country) ?? code;
  return part === undefined ? name : `${name} (${part})`;
}

/** The name of a language in the reader's language. */
export function languageName(tag: string): string {
  try {
    return names("language").of(tag) ?? tag;
  } catch {
    return tag;
  }
}

/** A day in the reader's way, such as 3 March 2026. */
export function day(text: string): string {
  return new Intl.DateTimeFormat(i18n.locale, { dateStyle: "long", timeZone: text.length === 10 ? "UTC" : undefined }).format(
    new Date(text),
  );
}

/** How long ago something was, such as "2 hours ago"; the day where it is longer than a week. */
export function ago(text: string, now = Date.now()): string {
  const seconds = (new Date(text).getTime() - now) / 1000;
  if (seconds < -7 * 86_400) return day(text);
  const format = new Intl.RelativeTimeFormat(i18n.locale, { numeric: "auto" });
  if (seconds > -60) return format.format(0, "minute");
  if (seconds > -3600) return format.format(Math.round(seconds / 60), "minute");
  if (seconds > -86_400) return format.format(Math.round(seconds / 3600), "hour");
  return format.format(Math.round(seconds / 86_400), "day");
}

/** Several things as one text, such as "Spain and Germany". */
export function list(parts: readonly string[], type: Intl.ListFormatType = "conjunction"): string {
  return new Intl.ListFormat(i18n.locale, { type }).format(parts);
}

/** A number in the reader's way. */
export function number(value: number): string {
  return new Intl.NumberFormat(i18n.locale).format(value);
}
