/** The questions of this tab and what came of them. It outlives the view, and ends with the tab. */
import { asProblem, type Problem } from "../api/problem";
import { ask, type Answer, type AskMode, type Citation, type Passage, type Step } from "../api/questions";
import { session } from "../api/session.svelte";
import { announcer } from "../ui/announcer.svelte";

export class Turn {
  steps = $state.raw<Step[]>([]);
  passages = $state.raw<Passage[]>([]);
  text = $state("");
  citations = $state.raw<Citation[]>([]);
  answer = $state.raw<Answer | null>(null);
  problem = $state.raw<Problem | null>(null);
  stopped = $state(false);

  constructor(
    readonly number: number,
    readonly question: string,
    readonly mode: AskMode,
  ) {}

  get open(): boolean {
    return this.answer === null && this.problem === null && !this.stopped;
  }
}

class Conversation {
  turns = $state.raw<Turn[]>([]);
  mode = $state<AskMode>("hybrid");
  #asked = 0;
  #stop: AbortController | null = null;

  get busy(): boolean {
    return this.turns.at(-1)?.open ?? false;
  }

  async ask(question: string, mode: AskMode = this.mode): Promise<void> {
    this.stop();
    const turn = new Turn((this.#asked += 1), question, mode);
    const stop = (this.#stop = new AbortController());
    this.turns = [...this.turns, turn];
    try {
      for await (const piece of ask(question, mode, stop.signal)) {
        if (piece.name === "step") turn.steps = [...turn.steps, piece.data];
        else if (piece.name === "evidence") turn.passages = piece.data.passages;
        else if (piece.name === "citation") turn.citations = [...turn.citations, piece.data];
        else if (piece.name === "token") {
          turn.text += piece.data.text;
          announcer.stream(piece.data.text);
        } else turn.answer = piece.data;
      }
      announcer.flush();
    } catch (error) {
      if (stop.signal.aborted) turn.stopped = true;
      else turn.problem = asProblem(error);
    }
    if (turn.open) turn.stopped = true;
  }

  stop(): void {
    this.#stop?.abort();
    this.#stop = null;
  }

  clear(): void {
    this.stop();
    this.turns = [];
  }
}

export const conversation = new Conversation();
session.heldBy(() => conversation.clear());
