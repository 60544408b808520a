/** Conversations that the service keeps. */
import { api, data, type Schemas } from "./client";

export type Kept = Schemas["SessionBody"];
export type KeptTurn = Kept["turns"][number];
export type Reply = Schemas["KeptAnswerBody"];
export type Entries = Schemas["SessionBodies"];

export async function begin(signal: AbortSignal): Promise<string> {
  return (await data(api.POST("/v1/sessions", { signal }))).id;
}

export function read(id: string): Promise<Kept> {
  return data(api.GET("/v1/sessions/{session_id}", { params: { path: { session_id: id } } }));
}

/** A page of them, the newest first. */
export function list(cursor = ""): Promise<Entries> {
  return data(api.GET("/v1/sessions", { params: { query: { cursor } } }));
}

export async function drop(id: string): Promise<void> {
  await api.DELETE("/v1/sessions/{session_id}", { params: { path: { session_id: id } } });
}
