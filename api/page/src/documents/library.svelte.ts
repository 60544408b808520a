/** The documents of the workspace, a page at a time, and how many there are. */
import { api, data, type Schemas } from "../api/client";
import type { DocumentBody, JobBody } from "../api/documents";
import { asProblem, type Problem } from "../api/problem";
import { session } from "../api/session.svelte";

const AT_ONCE = 200;
const LARGEST_PAGE = 1000;
const UNDER_WAY = ["running", "waiting", "queued"] as const;

class Library {
  documents = $state.raw<DocumentBody[]>([]);
  /** Where the next page begins; null where all have been read. */
  next = $state<string | null>(null);
  loaded = $state(false);
  problem = $state.raw<Problem | null>(null);
  total = $state<number | null>(null);
  revision = $state<number | null>(null);
  /** Jobs of documents that are under way, whoever sent them. */
  coming = $state.raw<JobBody[]>([]);
  /** Those of them in which a model reads, by document. */
  second = $derived(new Map(this.coming.filter((job) => job.kind === "extract").map((job) => [job.document_id, job])));
  #reading: Promise<void> = Promise.resolve();
  #looks = 0;

  get looking(): boolean {
    return this.#looks > 0;
  }

  /** Read again as much as has been read, one reading after another. */
  refresh(): Promise<void> {
    this.#reading = this.#reading.then(() => this.#read(Math.max(AT_ONCE, this.documents.length), [], ""));
    return this.#reading;
  }

  more(limit = AT_ONCE): Promise<void> {
    this.#reading = this.#reading.then(() => (this.next === null ? undefined : this.#read(limit, this.documents, this.next)));
    return this.#reading;
  }

  /** Look whether the workspace has changed, or a model has ended with a document; what has is read again. */
  async look(): Promise<void> {
    const turn = session.turn;
    this.#looks += 1;
    try {
      const coming = session.may("write") ? (await Promise.all(UNDER_WAY.map(jobsIn))).flat() : [];
      const ready = await data(api.GET("/readyz"));
      if (turn === session.turn) await this.#take(coming, ready);
    } catch (error) {
      const problem = asProblem(error);
      if (turn === session.turn) this.problem = problem;
    } finally {
      this.#looks -= 1;
    }
  }

  async #take(coming: JobBody[], ready: Schemas["Readiness"]): Promise<void> {
    const ended = new Set([...this.second.values()].map((job) => job.id));
    for (const job of coming) ended.delete(job.id);
    this.coming = coming;
    this.total = ready.counts?.documents ?? null;
    const same = ready.revision === this.revision && ready.revision !== null;
    if (ended.size === 0 && this.loaded && this.problem === null && same) return;
    this.revision = ready.revision ?? null;
    await this.refresh();
  }

  forget(): void {
    this.documents = this.coming = [];
    this.next = this.total = this.revision = this.problem = null;
    this.loaded = false;
  }

  /** Read `wanted` more beyond those that are known already. */
  async #read(wanted: number, known: DocumentBody[], cursor: string): Promise<void> {
    const turn = session.turn;
    const found = [...known];
    let next: string | null = cursor;
    try {
      do {
        const limit = Math.min(wanted + known.length - found.length, LARGEST_PAGE);
        const page: Schemas["DocumentPage"] = await data(api.GET("/v1/documents", { params: { query: { limit, cursor: next } } }));
        found.push(...page.documents);
        next = page.next_cursor;
      } while (next !== null && found.length < wanted + known.length);
      if (turn !== session.turn) return; // it was read for somebody else
      this.documents = found;
      this.next = next;
      this.problem = null;
    } catch (error) {
      const problem = asProblem(error);
      if (turn !== session.turn) return;
      this.problem = problem;
    }
    this.loaded = true;
  }
}

async function jobsIn(state: (typeof UNDER_WAY)[number]): Promise<JobBody[]> {
  const { jobs } = await data(api.GET("/v1/jobs", { params: { query: { state, limit: 1000 } } }));
  return jobs.filter((job) => job.document_id !== null);
}

export const library = new Library();
session.heldBy(() => library.forget());
