/** Offsets as the service counts them (code points) in texts as the browser counts them (UTF-16 units). */

/** Index of the browser for an offset of the service. */
export function indexOf(text: string, offset: number): number {
  // no surrogates before it: both count the same
  if (!/[\ud800-\udfff]/.test(text.slice(0, offset))) return offset;
  let index = 0;
  for (let points = 0; points < offset && index < text.length; points += 1) index += text.codePointAt(index)! > 0xffff ? 2 : 1;
  return index;
}

export interface Pieces {
  /** How much text stands before `before`, which is shown on request. */
  skipped: number;
  before: string;
  marked: string;
  after: string;
  left: number;
}

/** A text around a span, at most `room` characters to either side, so that the longest document opens at once. */
export function around(text: string, span: { start: number; end: number } | null, room: number): Pieces {
  const start = span ? indexOf(text, span.start) : 0;
  const end = span ? Math.max(start, indexOf(text, span.end)) : 0;
  const from = start > room ? whole(text, start - room) : 0;
  const to = text.length - end > room ? whole(text, end + room) : text.length;
  return {
    skipped: from,
    before: text.slice(from, start),
    marked: text.slice(start, end),
    after: text.slice(end, to),
    left: text.length - to,
  };
}

/** An index that does not cut a character in two. */
function whole(text: string, index: number): number {
  return /[\udc00-\udfff]/.test(text[index] ?? "") ? index + 1 : index;
}
