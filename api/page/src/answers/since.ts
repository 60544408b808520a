/** What has become of documents since a revision. */
import { api, data } from "../api/client";

export type Fate = "changed" | "deleted";

/** Of the documents that changed or went since; what merely was read by a model since is the same text. */
export async function since(revision: number): Promise<Map<string, Fate>> {
  const found = new Map<string, Fate>();
  let cursor: string | undefined;
  do {
    const query = { since: String(revision), kind: "documents" as const, ...(cursor && { cursor }) };
    const changed = (await data(api.GET("/v1/changes", { params: { query } }))).documents;
    for (const one of changed?.removed ?? []) found.set(one.id, "deleted");
    for (const one of changed?.altered ?? []) if (one.before.version !== one.after.version) found.set(one.after.id, "changed");
    cursor = changed?.next_cursor ?? undefined;
  } while (cursor);
  return found;
}
