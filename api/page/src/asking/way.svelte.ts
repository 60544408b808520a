/** In which way questions are asked, and what an answer may cost; this browser remembers both. */
import type { AskMode, Effort } from "../api/questions";
import { session } from "../api/session.svelte";

/** Ways to answer, then the three searches of which `hybrid` is made. */
export const MODES = ["auto", "hybrid", "reason", "agents", "facts", "global", "keyword", "vector", "graph"] as const satisfies AskMode[];
export const EFFORTS = ["low", "medium", "high"] as const satisfies Effort[];
const USUAL: AskMode = "hybrid";
const MODE = "quipu.mode";
const EFFORT = "quipu.effort";

class Way {
  /** The modes in which this service answers, in the order in which they are shown. */
  offered = $derived(MODES.filter((mode) => session.caller?.modes.includes(mode)));
  effort = $state<Effort>(kept(EFFORT, EFFORTS) ?? "medium");
  #mode = $state<AskMode>(kept(MODE, MODES) ?? USUAL);

  /** The chosen mode; the usual one where the chosen one is not offered. */
  get mode(): AskMode {
    return this.offered.some((mode) => mode === this.#mode) ? this.#mode : USUAL;
  }

  take(mode: AskMode): void {
    this.#mode = mode;
    localStorage.setItem(MODE, mode);
  }

  spend(effort: Effort): void {
    this.effort = effort;
    localStorage.setItem(EFFORT, effort);
  }
}

export const way = new Way();

function kept<T extends string>(name: string, possible: readonly T[]): T | undefined {
  const value = localStorage.getItem(name);
  return possible.find((one) => one === value);
}
