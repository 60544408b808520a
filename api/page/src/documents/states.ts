/** What the state of a document is called, and how much it asks for attention. */
import type { DocumentBody, JobBody } from "../api/documents";
import type { Key } from "../i18n/language.svelte";

export interface Shown {
  text: Key;
  tone: "plain" | "good" | "warn" | "bad";
}

/** Of a document that can be asked about. */
export function stateOf(document: DocumentBody): Shown {
  if (document.state === "partly read") return { text: "state.partly", tone: "warn" };
  return document.stage === "model" ? { text: "state.model", tone: "good" } : { text: "state.rules", tone: "good" };
}

/** Of a job: that of an upload is on its way, ended badly, or done. */
export function stateOfJob(job: JobBody): Shown {
  switch (job.state) {
    case "queued":
      return { text: "state.queued", tone: "plain" };
    case "waiting":
      return { text: "state.waiting", tone: "warn" };
    case "running":
      return { text: job.kind === "extract" ? "state.by-model" : "state.by-rule", tone: "plain" };
    case "failed":
      return { text: "state.failed", tone: "bad" };
    case "cancelled":
      return { text: "state.cancelled", tone: "plain" };
    case "done":
      return job.reading?.state === "partly read"
        ? { text: "state.partly", tone: "warn" }
        : { text: "state.done", tone: "good" };
  }
}

export const ENDED: ReadonlySet<JobBody["state"]> = new Set(["done", "failed", "cancelled"]);
