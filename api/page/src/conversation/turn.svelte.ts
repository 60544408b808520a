/** One question and what came of it: asked in this tab, or read from a conversation that the service has kept. */
import type { Problem } from "../api/problem";
import type { Answer, AskMode, Citation, Passage, Rewritten, Step } from "../api/questions";
import type { KeptTurn, Reply } from "../api/sessions";

/** Why an answer no longer holds, and what holds in its place: null where nothing does, left out where that is not known. */
export interface Outdated {
  reason: string | null;
  now?: Pick<Reply, "answer" | "citations"> | null;
}

export class Turn {
  steps = $state.raw<Step[]>([]);
  passages = $state.raw<Passage[]>([]);
  text = $state("");
  short = $state<string | null>(null);
  rewritten = $state.raw<Rewritten | null>(null);
  citations = $state.raw<Citation[]>([]);
  abstained = $state(false);
  /** The revision that the answer saw; null until there is one. */
  revision = $state<number | null>(null);
  /** All of an answer that came in this tab. */
  answer = $state.raw<Answer | null>(null);
  problem = $state.raw<Problem | null>(null);
  stopped = $state(false);
  outdated = $state.raw<Outdated | null>(null);
  /** Its number in the conversation that the service keeps. */
  kept = $state<number | null>(null);

  /** `number` tells the turns on the page apart; `question` is null where its words were purged. */
  constructor(
    readonly number: number,
    readonly question: string | null,
    readonly mode: AskMode | null = null,
  ) {}

  get open(): boolean {
    return this.revision === null && this.problem === null && !this.stopped;
  }

  /** The question as it stands alone. */
  get standalone(): string | null {
    return this.rewritten?.text ?? this.question;
  }

  end(answer: Answer): void {
    this.answer = answer;
    this.text = answer.answer;
    this.short = answer.short_answer?.text ?? null;
    this.rewritten = answer.rewritten ?? null;
    this.citations = answer.citations;
    // a question back is no refusal
    this.abstained = answer.abstained && !answer.clarification;
    this.revision = answer.revision;
  }

  static from(kept: KeptTurn, number: number): Turn {
    const turn = new Turn(number, kept.question);
    const said = kept.answer;
    turn.kept = kept.number;
    turn.steps = kept.steps ?? [];
    turn.text = said?.answer ?? "";
    turn.short = said?.short_answer ?? null;
    turn.rewritten = kept.rewritten === null ? null : { text: kept.rewritten, carried: [] };
    turn.citations = said?.citations ?? [];
    turn.abstained = said?.abstained ?? false;
    turn.revision = said?.revision ?? 0;
    if (said === null || (!kept.holds && kept.now !== null)) turn.outdated = kept.now ? { reason: null, now: kept.now } : { reason: null };
    return turn;
  }
}
