import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { en } from "./en";

/**
 * The language is stated, never asked of the web view: under LANG=C WebKitGTK answers "C" and Intl throws on it.
 * `pseudo` lengthens every string by about two fifths, to see that nothing is cut off.
 */
export const LOCALE = "en-GB";

export async function startI18n(language: "en" | "pseudo" = "en") {
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: "en",
    resources: { en: { translation: en }, pseudo: { translation: lengthen(en) } },
    // Command ids hold dots and are looked up whole.
    keySeparator: ".",
    interpolation: { escapeValue: false },
    returnNull: false,
    showSupportNotice: false,
  } as Parameters<typeof i18next.init>[0]);
}

type Strings = { [key: string]: string | Strings };

function lengthen(strings: unknown): Strings {
  const out: Strings = {};
  for (const [key, value] of Object.entries(strings as Strings)) {
    out[key] = typeof value === "string" ? `[${value}${"·".repeat(Math.ceil(value.length * 0.4))}]` : lengthen(value);
  }
  return out;
}
