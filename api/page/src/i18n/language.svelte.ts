/** The page's language, and what it says in it. */
import en from "./en.json";
import zh from "./zh.json";

export type Key = keyof typeof en;
export type Language = "en" | "zh";
type Values = Record<string, string | number>;
/** A key without its ending `.one` or `.other`. */
export type CountKey = Key extends infer K ? (K extends `${infer Stem}.other` ? Stem : never) : never;

const TEXTS: Record<Language, Record<Key, string>> = { en, zh };
const KEPT = "quipu.language";

class Chosen {
  language = $state<Language>(first());

  choose(language: Language): void {
    this.language = language;
    localStorage.setItem(KEPT, language);
    this.tell();
  }

  /** Tell the browser, which picks voices, fonts and hyphens by it. */
  tell(): void {
    document.documentElement.lang = this.language === "zh" ? "zh-CN" : "en";
  }
}

export const chosen = new Chosen();

/** A text in the chosen language; `{name}` stands for a value. */
export function t(key: Key, values: Values = {}): string {
  return TEXTS[chosen.language][key].replace(/\{(\w+)\}/g, (whole, name: string) => shown(values[name] ?? whole));
}

/** Whether there is a text for a word of the service; a word that is not known here is shown as it is. */
export function has(key: string): key is Key {
  return Object.hasOwn(en, key);
}

/** A text that depends on a number, which it may show as `{n}`. */
export function tn(stem: CountKey, n: number, values: Values = {}): string {
  const form = new Intl.PluralRules(chosen.language).select(n) === "one" ? "one" : "other";
  return t(`${stem}.${form}` as Key, { n, ...values });
}

/** A moment as people write it, in their own time zone. */
export function moment(iso: string): string {
  return new Intl.DateTimeFormat(locale(), { dateStyle: "medium", timeStyle: "short" }).format(new Date(iso));
}

/** A day without a time. */
export function day(iso: string): string {
  return new Intl.DateTimeFormat(locale(), { dateStyle: "medium", timeZone: "UTC" }).format(new Date(iso));
}

export function number(value: number): string {
  return new Intl.NumberFormat(locale()).format(value);
}

function shown(value: string | number): string {
  return typeof value === "number" ? number(value) : value;
}

function locale(): string {
  return chosen.language === "zh" ? "zh-CN" : "en-GB";
}

function first(): Language {
  const kept = localStorage.getItem(KEPT);
  if (kept === "en" || kept === "zh") return kept;
  return navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
}
