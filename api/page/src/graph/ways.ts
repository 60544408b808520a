/** The ways from a question to the passages an answer quotes, as one small drawing: stops in rows, from above down. */
export interface Stop {
  kind: string;
  label: string;
}
export interface Drawn extends Stop {
  key: string;
  x: number;
  y: number;
}
export interface Drawing {
  width: number;
  height: number;
  stops: Drawn[];
  lines: { key: string; from: Drawn; to: Drawn }[];
}

const WIDTH = 340;
const ROW = 62;
const MARGIN = 26;

export function drawn(paths: readonly (readonly Stop[])[]): Drawing {
  const rows: Map<string, Stop>[] = [];
  const pairs = new Set<string>();
  for (const path of paths) {
    path.forEach((stop, row) => {
      (rows[row] ??= new Map()).set(keyOf(stop, row), stop);
      const before = path[row - 1];
      if (before) pairs.add(JSON.stringify([keyOf(before, row - 1), keyOf(stop, row)]));
    });
  }
  const stops = rows.flatMap((row, number) =>
    [...row].map(([key, stop], place) => ({ ...stop, key, x: Math.round(((place + 0.5) * WIDTH) / row.size), y: MARGIN + number * ROW })),
  );
  const at = new Map(stops.map((stop) => [stop.key, stop]));
  const lines = [...pairs].flatMap((key) => {
    const [one, other] = JSON.parse(key) as [string, string];
    const [from, to] = [at.get(one), at.get(other)];
    return from && to ? [{ key, from, to }] : [];
  });
  return { width: WIDTH, height: 2 * MARGIN + Math.max(rows.length - 1, 0) * ROW, stops, lines };
}

/** The question is one stop, whatever the path; others are told apart by row, kind and label. */
function keyOf(stop: Stop, row: number): string {
  return stop.kind === "question" ? "question" : `${row} ${stop.kind} ${stop.label}`;
}

/** A label that fits beside so many others. */
export function fitting(label: string, beside: number): string {
  const most = Math.max(8, Math.floor(46 / beside));
  return label.length > most ? `${label.slice(0, most - 1)}…` : label;
}
