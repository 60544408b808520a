/** One document as it is read in the evidence pane: its versions, and the text of the one that is shown. */
import { api, data } from "../api/client";
import { textOf, type DocumentBody, type VersionBody } from "../api/documents";
import type { Problem } from "../api/problem";
import { Reading } from "../ui/reading.svelte";

export interface Span {
  start: number;
  end: number;
}

/** What belongs together: a text stands under no version but its own. */
interface Shown {
  document: DocumentBody;
  versions: VersionBody[];
  version: VersionBody | null;
  text: string | null;
  span: Span | null;
}

export class Opened {
  readonly #reading = new Reading<Shown>();
  document = $derived(this.#reading.value?.document ?? null);
  versions = $derived(this.#reading.value?.versions ?? []);
  /** The version that is shown; null where it is not kept, or not read yet. */
  version = $derived(this.#reading.value?.version ?? null);
  text = $derived(this.#reading.value?.text ?? null);
  span = $derived(this.#reading.value?.span ?? null);

  constructor(
    readonly id: string,
    readonly query: URLSearchParams,
  ) {}

  get problem(): Problem | null {
    return this.#reading.problem;
  }

  /** Whether the version that was asked for is no longer kept. */
  get gone(): boolean {
    return this.versions.length > 0 && this.version === null;
  }

  get newest(): VersionBody | undefined {
    return this.versions.at(-1);
  }

  get outdated(): boolean {
    return this.version !== null && this.newest !== undefined && this.version.version < this.newest.version;
  }

  async read(mayReadAll: boolean): Promise<void> {
    await this.#reading.read(() => this.#read(mayReadAll));
  }

  async #read(mayReadAll: boolean): Promise<Shown> {
    const path = { document_id: this.id };
    const document = await data(api.GET("/v1/documents/{document_id}", { params: { path } }));
    if (!mayReadAll) return { document, versions: [], version: null, text: null, span: null };
    const versions = await data(api.GET("/v1/documents/{document_id}/versions", { params: { path } })).then(latestOf);
    const wanted = Number(this.query.get("version")) || versions.at(-1)?.version;
    const version = versions.find((one) => one.version === wanted) ?? null;
    if (version === null) return { document, versions, version, text: null, span: null };
    const before = this.#reading.value;
    // read again because something changed: whoever reads this version goes on where they are
    const same = before !== null && before.version?.version === version.version;
    const [text, span] = same ? [before.text, before.span] : [await textOf(this.id, version.version), await this.#span()];
    return { document, versions, version, text, span };
  }

  async #span(): Promise<Span | null> {
    const chunk = this.query.get("chunk");
    if (chunk !== null) {
      // it is where the newest text has it; an older version shows it where a citation says so
      const path = { document_id: this.id };
      const chunks = await data(api.GET("/v1/documents/{document_id}/chunks", { params: { path } }));
      return chunks.find((one) => one.id === chunk) ?? null;
    }
    const start = Number(this.query.get("start"));
    const end = Number(this.query.get("end"));
    return end > start ? { start, end } : null;
  }
}

/** A version that was read twice (by rule, then by a model) stands in the list twice; the later reading counts. */
function latestOf(versions: VersionBody[]): VersionBody[] {
  return [...new Map(versions.map((one) => [one.version, one])).values()].sort((a, b) => a.version - b.version);
}
