import { expect, it } from "vitest";

import type { Citation } from "../api/questions";
import { citationAt, sources } from "./citing";

function citation(marker: number, quote: string): Citation {
  return { marker, quote, document_id: "d", version: 1, chunk_id: "c", title: "T", start: 0, end: 1, page: null, headings: [], boxes: null };
}

const cited = [citation(2, "a"), citation(1, "b"), citation(2, "c")];

it("means the quote that belongs to this mention of a marker", () => {
  expect(citationAt(cited, 2, 0)?.quote).toBe("a");
  expect(citationAt(cited, 2, 1)?.quote).toBe("c");
  expect(citationAt(cited, 2, 7)?.quote).toBe("c");
  expect(citationAt(cited, 3, 0)).toBeUndefined();
});

it("names each source once, in order", () => {
  expect(sources(cited).map((one) => one.marker)).toEqual([1, 2]);
});
