/** Something that is asked of the service, to read or to do: what came, whether it is under way, what went wrong. */
import { asProblem, type Problem } from "../api/problem";

export class Reading<T> {
  value = $state.raw<T | null>(null);
  problem = $state.raw<Problem | null>(null);
  loading = $state(false);
  #turn = 0;

  /** Read; a reading that was begun later counts, whichever ends first. */
  async read(what: () => Promise<T>): Promise<void> {
    const turn = (this.#turn += 1);
    this.loading = true;
    try {
      const found = await what();
      if (turn !== this.#turn) return;
      this.value = found;
      this.problem = null;
    } catch (error) {
      const problem = asProblem(error);
      if (turn === this.#turn) this.problem = problem;
    } finally {
      if (turn === this.#turn) this.loading = false;
    }
  }
}
