/** Questions, answered piece by piece. */
import type { Schemas } from "./client";
import { events } from "./events";
import { problemOf } from "./problem";

export type Answer = Schemas["AnswerBody"];
export type Citation = Schemas["CitationBody"];
export type Passage = Schemas["PassageBody"];
export type Step = Schemas["StepBody"];
export type Conflict = Schemas["ConflictBody"];
export type Refusal = Schemas["RefusalBody"];
export type Rewritten = Schemas["RewrittenBody"];
export type Sufficiency = Schemas["SufficiencyBody"];
export type Changed = Schemas["ChangedTurnBody"];
export type Why = Schemas["WhyBody"];
export type Asked = Schemas["AskBody"];
export type AskMode = NonNullable<Asked["mode"]>;
export type Effort = Asked["effort"];

export type Piece =
  | { name: "step"; data: Step }
  | { name: "evidence"; data: { passages: Passage[] } }
  | { name: "token"; data: { text: string } }
  | { name: "citation"; data: Citation }
  | { name: "done"; data: Answer };

/** What comes of a question, the last piece being the whole answer. Throws a Problem, also for one in mid-stream. */
export async function* ask(asked: Partial<Asked>, signal: AbortSignal): AsyncGenerator<Piece> {
  const stream = events("v1/ask", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ ...asked, stream: true }),
    signal,
  });
  for await (const event of stream) {
    if (event.name === "error") throw problemOf((event.data as { status: number }).status, event.data);
    yield event as Piece;
  }
}
