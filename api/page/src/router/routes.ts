/** Every view, by the first word of its address; what a view needs is fetched when it is opened. */
import type { Component } from "svelte";

import type { Key } from "../i18n/language.svelte";
import type { Place } from "./place.svelte";

export interface View {
  /** First word of the address: `#/graph/…` is "graph"; "" is the start. */
  name: string;
  title: Key;
  /** Whether the menu names it. */
  menu: boolean;
  /** The role that it needs of whoever looks; left out, any. */
  least?: "write" | "admin";
  load: () => Promise<{ default: Component<{ place: Place }> }>;
}

const home = () => import("../home/Home.svelte");

export const VIEWS: readonly View[] = [
  { name: "", title: "home.menu", menu: true, load: home },
  { name: "documents", title: "home.menu", menu: false, load: home },
  { name: "graph", title: "graph.title", menu: true, load: () => import("../graph/GraphView.svelte") },
  { name: "changes", title: "changes.title", menu: true, load: () => import("../changes/ChangesView.svelte") },
  { name: "watches", title: "watches.title", menu: true, least: "write", load: () => import("../watches/WatchesView.svelte") },
  { name: "evaluations", title: "evaluations.title", menu: true, least: "admin", load: () => import("../evaluations/EvaluationsView.svelte") },
  { name: "service", title: "service.title", menu: true, load: () => import("../service/ServiceView.svelte") },
];

export function viewOf(place: Place): View | undefined {
  return VIEWS.find((view) => view.name === place.view);
}
