/** What differs between two texts, with long stretches that do not left out. */
import { diffLines, diffWordsWithSpace } from "diff";

export type Part = { kind: "same" | "added" | "removed"; text: string } | { kind: "skipped"; count: number };

/** Beyond this many characters lines are compared, not words: it takes a second at most. */
const WORDS_UP_TO = 60_000;
const KEPT = 160;

export function difference(older: string, newer: string): Part[] {
  const isShort = older.length + newer.length <= WORDS_UP_TO;
  const changes = isShort ? diffWordsWithSpace(older, newer) : diffLines(older, newer);
  return changes.flatMap((change, index): Part[] => {
    if (change.added) return [{ kind: "added", text: change.value }];
    if (change.removed) return [{ kind: "removed", text: change.value }];
    return folded(change.value, index === 0, index === changes.length - 1);
  });
}

function folded(text: string, isFirst: boolean, isLast: boolean): Part[] {
  const head = isFirst ? 0 : KEPT;
  const tail = isLast ? 0 : KEPT;
  if (text.length <= head + tail + KEPT) return [{ kind: "same", text }];
  const parts: Part[] = [
    { kind: "same", text: text.slice(0, head) },
    { kind: "skipped", count: text.length - head - tail },
    { kind: "same", text: text.slice(text.length - tail) },
  ];
  return parts.filter((part) => part.kind === "skipped" || part.text !== "");
}
