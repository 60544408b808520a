/** Where a citation leads. */
import type { Citation } from "../api/questions";
import { address } from "../router/address";

export function placeOf(citation: Citation): string {
  const { document_id, version, start, end } = citation;
  return address("documents", document_id, { version, start, end });
}

/** The citation that a text means where it names a marker for the `nth` time (from 0). */
export function citationAt(citations: Citation[], marker: number, nth: number): Citation | undefined {
  const named = citations.filter((citation) => citation.marker === marker);
  return named[nth] ?? named.at(-1);
}

/** Each cited document once, in the order of their markers. */
export function sources(citations: Citation[]): Citation[] {
  const found = new Map<number, Citation>();
  for (const citation of citations) if (!found.has(citation.marker)) found.set(citation.marker, citation);
  return [...found.values()].sort((a, b) => a.marker - b.marker);
}
