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
  load: () => Promise<{ default: Component<{ place: Place }> }>;
}

const home = () => import("../home/Home.svelte");

export const VIEWS: readonly View[] = [
  { name: "", title: "home.menu", menu: true, load: home },
  { name: "documents", title: "home.menu", menu: false, load: home },
];

export function viewOf(place: Place): View | undefined {
  return VIEWS.find((view) => view.name === place.view);
}
