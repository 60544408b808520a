/** One document as it is read in the evidence pane: its versions, and the text of the one that is shown. */
import { api, data } from "../api/client";
import { textOf, type DocumentBody, type VersionBody } from "../api/documents";
import { asProblem, type Problem } from "../api/problem";

export interface Span {
  start: number;
  end: number;
}

export class Opened {
  document = $state.raw<DocumentBody | null>(null);
  versions = $state.raw<VersionBody[]>([]);
  /** The version that is shown; null where it is not kept, or not read yet. */
  version = $state.raw<VersionBody | null>(null);
  text = $state<string | null>(null);
  span = $state.raw<Span | null>(null);
  problem = $state.raw<Problem | null>(null);
  /** Whether the version that was asked for is no longer kept. */
  gone = $state(false);

  constructor(
    readonly id: string,
    readonly query: URLSearchParams,
  ) {}

  get newest(): VersionBody | undefined {
    return this.versions.at(-1);
  }

  get outdated(): boolean {
    return this.version !== null && this.newest !== undefined && this.version.version < this.newest.version;
  }

  async read(mayReadAll: boolean): Promise<void> {
    try {
      const path = { document_id: this.id };
      this.document = await data(api.GET("/v1/documents/{document_id}", { params: { path } }));
      if (!mayReadAll) return;
      this.versions = await data(api.GET("/v1/documents/{document_id}/versions", { params: { path } })).then(latestOf);
      const shown = this.version?.version;
      const wanted = Number(this.query.get("version")) || this.newest?.version;
      this.version = this.versions.find((one) => one.version === wanted) ?? null;
      this.gone = this.version === null && wanted !== undefined;
      // read again because something changed: whoever reads this version goes on where they are
      if (this.version === null || (this.text !== null && this.version.version === shown)) return;
      this.text = await textOf(this.id, this.version.version);
      this.span = await this.#span();
    } catch (error) {
      this.problem = asProblem(error);
    }
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
