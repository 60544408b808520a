/** Uploads of this tab, from the drop until they can be asked about. */
import { api, data } from "../api/client";
import { putFile, type Accepted, type DocumentBody, type JobBody } from "../api/documents";
import { events } from "../api/events";
import { asProblem, type Problem } from "../api/problem";
import { session } from "../api/session.svelte";
import type { Found } from "./dropped";
import { library } from "./library.svelte";
import { ENDED } from "./states";

const AT_ONCE = 3;
/** A browser opens six connections to one host; what follows a job keeps one of them. */
const FOLLOWED = 2;
const IDS_AT_ONCE = 50;

export class Upload {
  /** Sent, acknowledged (null until then), or refused. */
  accepted = $state.raw<Accepted | null>(null);
  job = $state.raw<JobBody | null>(null);
  problem = $state.raw<Problem | null>(null);
  /** Waits for a person: another text is there under this name, from elsewhere. */
  taken = $state(false);
  isNewVersion = $state(false);

  constructor(
    readonly found: Found | null,
    readonly id: string,
  ) {}

  get ended(): boolean {
    if (this.problem !== null) return true;
    if (this.accepted === null) return false;
    return this.accepted.job_id === null || (this.job !== null && ENDED.has(this.job.state));
  }
}

class Uploads {
  list = $state.raw<Upload[]>([]);
  #toSend: Upload[] = [];
  #toFollow: Upload[] = [];
  #sending = 0;
  #following = 0;

  get open(): number {
    return this.list.filter((upload) => !upload.ended && !upload.taken).length;
  }

  /** Send files; what would replace a document that came from elsewhere waits until somebody says so. */
  async add(found: Found[]): Promise<void> {
    const turn = session.turn;
    const added = found.map((one) => new Upload(one, one.path));
    this.list = [...added, ...this.list];
    try {
      const there = await known(found.map((one) => one.path));
      if (turn !== session.turn) return; // they were meant for another workspace
      for (const upload of added) {
        const document = there.get(upload.id);
        upload.isNewVersion = document !== undefined;
        upload.taken = document !== undefined && String(document.metadata.root ?? "") !== upload.found?.root;
      }
      this.#toSend.push(...added.filter((upload) => !upload.taken));
      this.#go();
    } catch (error) {
      const problem = asProblem(error);
      for (const upload of added) upload.problem = problem;
    }
  }

  /** Replace the document that has the name, after all. */
  send(upload: Upload): void {
    upload.taken = false;
    this.#toSend.push(upload);
    this.#go();
  }

  async addSamples(): Promise<void> {
    const turn = session.turn;
    const { documents } = await data(api.POST("/v1/samples"));
    if (turn !== session.turn) return;
    const added = documents.map((accepted) => {
      const upload = new Upload(null, accepted.id ?? "");
      upload.accepted = accepted;
      return upload;
    });
    this.list = [...added, ...this.list];
    this.#toFollow.push(...added.filter((upload) => !upload.ended));
    this.#go();
    if (this.#following === 0) await library.look();
  }

  forget(gone: (upload: Upload) => boolean): void {
    this.list = this.list.filter((upload) => !gone(upload));
  }

  /** Whatever has not been sent goes to no other workspace. */
  leave(): void {
    this.list = this.#toSend = this.#toFollow = [];
  }

  #go(): void {
    while (this.#sending < AT_ONCE && this.#toSend.length > 0) void this.#send(this.#toSend.shift()!);
    while (this.#following < FOLLOWED && this.#toFollow.length > 0) void this.#follow(this.#toFollow.shift()!);
  }

  async #send(upload: Upload): Promise<void> {
    this.#sending += 1;
    try {
      const { file, root, path } = upload.found!;
      const folder = path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "";
      const metadata = { ...(root && { root }), path, ...(folder && { folder }) };
      upload.accepted = await putFile({ id: upload.id, metadata, file });
      if (!upload.ended && this.list.includes(upload)) this.#toFollow.push(upload);
    } catch (error) {
      upload.problem = asProblem(error);
    }
    this.#sending -= 1;
    this.#go();
  }

  async #follow(upload: Upload): Promise<void> {
    this.#following += 1;
    try {
      const job = upload.accepted!.job_id!;
      for await (const event of events(`v1/jobs/${encodeURIComponent(job)}/events`)) upload.job = event.data as JobBody;
    } catch (error) {
      upload.problem = asProblem(error);
    }
    this.#following -= 1;
    this.#go();
    if (this.#following === 0 || this.list.indexOf(upload) % IDS_AT_ONCE === 0) await library.look();
  }
}

/** The documents that are there under these ids. */
async function known(ids: string[]): Promise<Map<string, DocumentBody>> {
  const found = new Map<string, DocumentBody>();
  for (let from = 0; from < ids.length; from += IDS_AT_ONCE) {
    const filters = JSON.stringify({ path: { in: ids.slice(from, from + IDS_AT_ONCE) } });
    const page = await data(api.GET("/v1/documents", { params: { query: { filters, limit: 1000 } } }));
    for (const document of page.documents) if (document.metadata.path === document.id) found.set(document.id, document);
  }
  return found;
}

export const uploads = new Uploads();
session.heldBy(() => uploads.leave());
