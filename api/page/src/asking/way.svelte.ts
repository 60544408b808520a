/** In which way questions are asked, and what an answer may cost; this browser remembers both. */
import type { AskMode, Effort } from "../api/questions";
import { session } from "../api/session.svelte";

/** Ways to answer, then the three searches of which `hybrid` is made. */
export const MODES = ["auto", "hybrid", "reason", "agents", "facts", "global", "keyword", "vector", "graph"] as const satisfies AskMode[];
export const EFFORTS = ["low", "medium", "high"] as const satisfies Effort[];
const MODE = "quipu.mode";
const EFFORT = "quipu.effort";

class Way {
  /** The modes in which this service answers, in the order in which they are shown. */
  offered = $derived(MODES.filter((mode) => session.caller?.modes.includes(mode)));
  effort = $state<Effort>(kept(EFFORT, EFFORTS) ?? "medium");
  #mode = $state(kept(MODE, MODES));

  /** The mode that was chosen, where it is offered; else the service has one of its own. */
  get chosen(): AskMode | undefined {
    return this.offered.find((mode) => mode === this.#mode);
  }

  /** The mode in which the next question is answered. */
  get mode(): AskMode {
    return this.chosen ?? session.caller?.mode ?? "hybrid";
  }

  take(mode: (typeof MODES)[number]): void {
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
