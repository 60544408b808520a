/** The conversation of this tab. The service keeps it; what is shown outlives the view, and is read again where the page is. */
import { asProblem, type Problem } from "../api/problem";
import { ask, type AskMode, type Changed, type Piece } from "../api/questions";
import { session } from "../api/session.svelte";
import { begin, read, type KeptTurn } from "../api/sessions";
import { way } from "../asking/way.svelte";
import { announcer } from "../ui/announcer.svelte";
import { Turn } from "./turn.svelte";

const KEPT = "quipu.conversation";
const GONE = 404;

class Conversation {
  turns = $state.raw<Turn[]>([]);
  /** Its id; null until its first question begins it. */
  id = $state(sessionStorage.getItem(KEPT));
  /** Oldest turns that the service no longer keeps. */
  dropped = $state(0);
  problem = $state.raw<Problem | null>(null);
  #numbered = 0;
  #resumed = 0;
  #stop: AbortController | null = null;
  /** Ends once what was said before is there: what is asked meanwhile follows it. */
  #resuming: Promise<void> = Promise.resolve();

  get busy(): boolean {
    return this.turns.at(-1)?.open ?? false;
  }

  async ask(question: string, mode: AskMode | undefined = way.chosen): Promise<void> {
    this.stop();
    const turn = new Turn((this.#numbered += 1), question, mode ?? null);
    const stop = (this.#stop = new AbortController());
    this.turns = [...this.turns, turn];
    try {
      await this.#resuming;
      if (this.id === null) this.#keep(await begin(stop.signal));
      const asked = { question, mode, effort: way.effort, session_id: this.id };
      for await (const piece of ask(asked, stop.signal)) this.#take(turn, piece);
      announcer.flush();
    } catch (error) {
      if (stop.signal.aborted) turn.stopped = true;
      else turn.problem = asProblem(error);
      if (turn.problem?.status === GONE) this.#keep(null); // whoever tries again begins another
    }
    if (turn.open) turn.stopped = true;
    if (turn.answer?.changed_since?.length) await this.#mark(turn.answer.changed_since);
  }

  /** Ask once more what a turn asked, as it was understood then. */
  async again(turn: Turn): Promise<void> {
    if (turn.standalone !== null) await this.ask(turn.standalone, turn.mode ?? way.chosen);
  }

  stop(): void {
    this.#stop?.abort();
    this.#stop = null;
  }

  /** Begin afresh; the service keeps what was said. */
  leave(): void {
    this.stop();
    this.turns = [];
    this.dropped = 0;
    this.problem = null;
    this.#resumed += 1;
    this.#resuming = Promise.resolve();
    this.#keep(null);
  }

  /** Go on with one that the service has kept. */
  resume(id: string): Promise<void> {
    this.leave();
    this.#keep(id);
    const turn = (this.#resumed += 1);
    this.#resuming = this.#resume(id, () => turn === this.#resumed);
    return this.#resuming;
  }

  /** `counts`: whether nobody has gone elsewhere meanwhile. */
  async #resume(id: string, counts: () => boolean): Promise<void> {
    try {
      const { turns, dropped } = await read(id);
      if (!counts()) return;
      this.dropped = dropped;
      const earlier = turns.map((kept) => Turn.from(kept, (this.#numbered += 1)));
      this.turns = [...earlier, ...this.turns];
    } catch (error) {
      const problem = asProblem(error);
      if (!counts()) return;
      if (problem.status === GONE) this.#keep(null); // whatever has been asked meanwhile begins another
      else this.problem = problem;
    }
  }

  /** The turn that the service calls by a number. */
  turn(kept: number): Turn | undefined {
    return this.turns.find((turn) => turn.kept === kept);
  }

  #take(turn: Turn, piece: Piece): void {
    if (piece.name === "step") turn.steps = [...turn.steps, piece.data];
    else if (piece.name === "evidence") turn.passages = piece.data.passages;
    else if (piece.name === "citation") turn.citations = [...turn.citations, piece.data];
    else if (piece.name === "token") {
      turn.text += piece.data.text;
      announcer.stream(piece.data.text);
    } else {
      if (turn.text === "") announcer.say(piece.data.answer); // a question back comes whole
      turn.kept = 1 + Math.max(this.dropped, ...this.turns.map((one) => one.kept ?? 0));
      turn.end(piece.data);
    }
  }

  /** Mark the turns that no longer hold; what holds instead is read with its citations. */
  async #mark(changed: Changed[]): Promise<void> {
    const told = new Map(changed.map((one) => [one.turn, one]));
    const id = this.id;
    let kept: KeptTurn[] = [];
    try {
      if (id !== null) kept = (await read(id)).turns;
      if (id !== this.id) return;
      this.#align(kept);
    } catch {
      // the answer has told it already; only the citations are missing
    }
    const now = new Map(kept.map((one) => [one.number, one.now]));
    for (const turn of this.turns) {
      const one = turn.kept === null ? undefined : told.get(turn.kept);
      if (one === undefined || one.question !== turn.question) continue;
      const cited = now.get(one.turn);
      turn.outdated = { reason: one.reason, now: one.now === null ? null : (cited ?? { answer: one.now, citations: [] }) };
    }
  }

  /** Number the turns as the service does: it may have kept one that was stopped here, or what another tab asked. */
  #align(kept: KeptTurn[]): void {
    let end = kept.length;
    for (const turn of this.turns.toReversed()) {
      const at = kept.slice(0, end).findLastIndex((one) => one.question === turn.question);
      if (at < 0) continue;
      turn.kept = kept[at]!.number;
      end = at;
    }
  }

  #keep(id: string | null): void {
    this.id = id;
    if (id === null) sessionStorage.removeItem(KEPT);
    else sessionStorage.setItem(KEPT, id);
  }
}

export const conversation = new Conversation();
session.heldBy(() => conversation.leave());
