/** A report as `GET /v1/evals/{eval_id}/report?format=json` holds it. */
import { call } from "../api/client";

export interface Figure {
  key: string;
  title: string;
  says: string;
  value: number;
  unit: "share" | "ms" | "count" | "money" | "seconds";
  low: number | null;
  high: number | null;
  n: number | null;
  note: string;
}
export interface Table {
  caption: string;
  columns: string[];
  rows: string[][];
}
export interface Series {
  name: string;
  values: (number | null)[];
}
export interface Chart {
  title: string;
  labels: string[];
  series: Series[];
}
export interface Excerpt {
  label: string;
  text: string;
  before: string;
  after: string;
  marked: boolean;
}
export interface Finding {
  title: string;
  tag: string;
  blocks: { heading: string; passages: Excerpt[] }[];
}
export interface Section {
  key: string;
  title: string;
  lead: string;
  figures: Figure[];
  charts: Chart[];
  tables: Table[];
  findings: Finding[];
}
export interface Report {
  title: string;
  facts: [string, string][];
  headline: Figure[];
  sections: Section[];
}

export async function reportOf(id: string): Promise<Report> {
  return (await call(new Request(`v1/evals/${encodeURIComponent(id)}/report?format=json`))).json() as Promise<Report>;
}

/** A figure as people write it. */
export function shown(value: number, unit: Figure["unit"]): string {
  if (unit === "share") return value.toFixed(3);
  if (unit === "ms") return `${value.toFixed(value >= 10 ? 0 : 1)} ms`;
  if (unit === "seconds") return `${value.toFixed(1)} s`;
  return unit === "money" ? value.toFixed(2) : value.toFixed(0);
}
