/** Documents, their versions and jobs, as the service tells of them. */
import { api, call, data, type Schemas } from "./client";

export type DocumentBody = Schemas["DocumentBody"];
export type VersionBody = Schemas["VersionBody"];
export type JobBody = Schemas["JobBody"];
export type Reading = Schemas["ReadingBody"];
export type Receipt = Schemas["ReceiptBody"];
export type Accepted = Schemas["AcceptedBody"];

/** The address of a document, or of a part of it, below the page's own. */
export function documentPath(id: string, part = "", query: Record<string, string | number> = {}): string {
  const search = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)])).toString();
  return `v1/documents/${encodeURIComponent(id)}${part && `/${part}`}${search && `?${search}`}`;
}

/** The text of a version as Quipu reads it; offsets of citations count characters (code points) of it. */
export async function textOf(id: string, version: number): Promise<string> {
  return (await call(new Request(documentPath(id, "content", { version })))).text();
}

export async function originalOf(id: string, version: number): Promise<Blob> {
  return (await call(new Request(documentPath(id, "original", { version })))).blob();
}

export interface Placed {
  id: string;
  metadata: Record<string, string>;
  file: File;
}

/** Upload a file under an id; the same id again is a new version. */
export async function putFile({ id, metadata, file }: Placed): Promise<Accepted> {
  const form = new FormData();
  form.append("file", file, file.name);
  form.append("metadata", JSON.stringify(metadata));
  const answer = await call(new Request(documentPath(id), { method: "PUT", body: form }));
  const accepted = ((await answer.json()) as Schemas["AcceptedBodies"]).documents[0];
  if (accepted === undefined) throw new TypeError("the service acknowledged nothing");
  return accepted;
}

export function remove(id: string, version: number, purge: boolean): Promise<Receipt> {
  return data(
    api.DELETE("/v1/documents/{document_id}", {
      params: { path: { document_id: id }, query: { purge, wait: 30 }, header: { "if-match": `"${version}"` } },
    }),
  );
}

/** Save a version's original under its name. The key travels in a header, so that a plain link cannot do it. */
export async function save(id: string, version: number, name: string): Promise<void> {
  const address = URL.createObjectURL(await originalOf(id, version));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
