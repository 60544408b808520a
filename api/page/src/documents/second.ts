/** How far a language model is with a document, whose first reading is by rule, and what it added. */
import type { DocumentBody, JobBody } from "../api/documents";
import { t } from "../i18n/language.svelte";
import { ENDED } from "./states";

export interface Second {
  text: string;
  tone: "plain" | "good" | "warn" | "bad";
}

/** The second reading in words; null where none is known. `job`: as it is now, where it is under way. */
export function secondOf(document: DocumentBody, job?: JobBody): Second | null {
  const known = document.model ?? null;
  if (job !== undefined) return underWay(job);
  if (known === null) return null;
  if (!ENDED.has(known.state)) return underWay(known);
  if (known.state !== "done") return { text: t("second.failed"), tone: "warn" };
  const values = { added: known.added, total: known.chunks_total };
  return known.added > 0 ? { text: t("second.added", values), tone: "good" } : { text: t("second.nothing"), tone: "warn" };
}

type Course = Pick<JobBody, "state" | "chunks_done" | "chunks_total"> & { remaining_seconds?: number | null | undefined };

/** Of a job of a model that has not ended. */
export function underWay(job: Course): Second {
  if (job.state === "waiting") return { text: t("second.waiting"), tone: "warn" };
  const left = typeof job.remaining_seconds === "number" ? duration(job.remaining_seconds) : null;
  if (job.state === "queued" && left !== null) return { text: t("second.queued-left", { left }), tone: "plain" };
  if (job.state === "queued" || job.chunks_total === 0) return { text: t("second.queued"), tone: "plain" };
  const values = { done: job.chunks_done, total: job.chunks_total };
  if (left === null) return { text: t("second.running", values), tone: "plain" };
  return { text: t("second.running-left", { ...values, left }), tone: "plain" };
}

/** A time as people tell it: seconds below two minutes, minutes below two hours. */
export function duration(seconds: number): string {
  if (seconds < 120) return t("second.seconds", { n: Math.max(1, Math.round(seconds)) });
  if (seconds < 7200) return t("second.minutes", { n: Math.round(seconds / 60) });
  return t("second.hours", { n: Math.round(seconds / 360) / 10 });
}
