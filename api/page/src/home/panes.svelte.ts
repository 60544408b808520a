/** Which pane a narrow screen shows, and whether the evidence has been given more room on a wide one. */
export type Pane = "documents" | "ask" | "evidence";

class Panes {
  current = $state<Pane>("ask");
  wide = $state(false);
}

export const panes = new Panes();
