/** A key that was just made; it outlives the view, which is drawn anew when the tab begins to use the key itself. */
class Made {
  key = $state<string | null>(null);
  /** Whether this tab uses it from now on. */
  inUse = $state(false);
}

export const made = new Made();
