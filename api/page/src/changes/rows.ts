/** Differences as rows of a table. */
import type { Schemas } from "../api/client";
import { number, t, tn } from "../i18n/language.svelte";
import { address } from "../router/address";

export type Kind = "documents" | "entities" | "relations";
export interface Row {
  key: string;
  kind: "added" | "removed" | "altered";
  name: string;
  href: string | null;
  how: string;
}

type Told<B> = { added: B[]; removed: B[]; altered: { before: B; after: B }[] };

export function rowsOf(kind: Kind, changes: Schemas["ChangesBody"]): Row[] {
  if (kind === "documents") return rows(changes.documents as Told<Schemas["ChangedDocument"]> | null, documentRow);
  if (kind === "entities") return rows(changes.entities as Told<Schemas["ChangedEntity"]> | null, entityRow);
  return rows(changes.relations as Told<Schemas["ChangedRelation"]> | null, relationRow);
}

function rows<B>(told: Told<B> | null, row: (one: B, before: B | null, gone: boolean) => Omit<Row, "kind">): Row[] {
  return [
    ...(told?.added ?? []).map((one) => ({ kind: "added" as const, ...row(one, null, false) })),
    ...(told?.altered ?? []).map((one) => ({ kind: "altered" as const, ...row(one.after, one.before, false) })),
    ...(told?.removed ?? []).map((one) => ({ kind: "removed" as const, ...row(one, null, true) })),
  ];
}

function documentRow(one: Schemas["ChangedDocument"], before: Schemas["ChangedDocument"] | null, gone: boolean) {
  const how = before ? t("changes.versions", { before: before.version, after: one.version }) : t("changes.version", { version: one.version });
  return { key: one.id, name: one.title, href: gone ? null : address("documents", one.id, { version: one.version }), how };
}

function entityRow(one: Schemas["ChangedEntity"], before: Schemas["ChangedEntity"] | null, gone: boolean) {
  const how = before ? t("changes.mentions", { before: number(before.mentions), after: number(one.mentions) }) : tn("graph.mentions", one.mentions);
  return { key: one.id, name: one.name, href: gone ? null : address("graph", one.id), how: `${one.type}, ${how}` };
}

function relationRow(one: Schemas["ChangedRelation"], before: Schemas["ChangedRelation"] | null, gone: boolean) {
  const how = before ? t("changes.passages", { before: number(before.passages), after: number(one.passages) }) : one.documents.slice(0, 3).join(", ");
  return {
    key: JSON.stringify([one.source.id, one.predicate, one.target.id]), name: `${one.source.name} — ${one.predicate} → ${one.target.name}`,
    href: gone ? null : address("graph", one.source.id), how,
  };
}
