/** The public REST interface, typed by its own OpenAPI document; all addresses are relative to the service's. */
import createClient from "openapi-fetch";

import { problemOf } from "./problem";
import type { components, paths } from "./schema";
import { session } from "./session.svelte";

export type Schemas = components["schemas"];

/** `fetch` with the session's key and workspace. Throws a Problem for every answer that is none. */
export async function call(request: Request): Promise<Response> {
  const turn = session.turn;
  for (const [name, value] of Object.entries(session.headers())) request.headers.set(name, value);
  const response = await fetch(request);
  if (response.ok) return response;
  if (response.status === 401 && turn === session.turn) session.refused = true; // and no other key was entered meanwhile
  const text = await response.text();
  throw problemOf(response.status, response.headers.get("Content-Type")?.includes("json") ? JSON.parse(text) : text);
}

/** Where the service is: above the folder of the built files; `npx vite` serves the sources from below its own root. */
const base = import.meta.env.DEV ? new URL(".", window.location.href) : new URL("..", import.meta.url);

export const api = createClient<paths>({ baseUrl: base.href.replace(/\/$/, ""), fetch: call });

/** What a call brings; a failure has been thrown by `call`. */
export async function data<T>(answer: Promise<{ data?: T }>): Promise<T> {
  return (await answer).data as T;
}
