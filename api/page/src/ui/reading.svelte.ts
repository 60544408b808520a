/** Something that is asked of the service, to read or to do: what came, whether it is under way, what went wrong. */
import { asProblem, type Problem } from "../api/problem";

export class Reading<T> {
  value = $state.raw<T | null>(null);
  problem = $state.raw<Problem | null>(null);
  loading = $state(false);
  #turn = 0;

  /** Read; a reading that was begun later counts, whichever ends first. True where this one counts and has brought something. */
  async read(what: () => Promise<T>): Promise<boolean> {
    const turn = (this.#turn += 1);
    this.loading = true;
    try {
      const found = await what();
      if (turn !== this.#turn) return false;
      this.value = found;
      this.problem = null;
      return true;
    } catch (error) {
      const problem = asProblem(error);
      if (turn === this.#turn) this.problem = problem;
      return false;
    } finally {
      if (turn === this.#turn) this.loading = false;
    }
  }

  /** Look again, as a clock says it: not while the page is not seen, and not before the last answer is there. */
  look(what: () => Promise<T>): void {
    if (document.visibilityState === "visible" && !this.loading) void this.read(what);
  }

  /** Hold nothing; what is under way counts no more. */
  forget(): void {
    this.#turn += 1;
    this.value = this.problem = null;
    this.loading = false;
  }
}
