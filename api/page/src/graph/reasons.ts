/** Why two entities are one thing, or are not, in words. */
import { t } from "../i18n/language.svelte";

export function reasonOf(reason: string): string {
  if (reason === "stated") return t("graph.reason.stated");
  if (reason === "by hand") return t("graph.reason.by-hand");
  return reason;
}
