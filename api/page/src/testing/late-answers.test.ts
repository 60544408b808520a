/** Answers that come late, and what is done before they are there. */
import { beforeEach, expect, it } from "vitest";

import { session } from "../api/session.svelte";
import { conversation } from "../conversation/conversation.svelte";
import { library } from "../documents/library.svelte";
import { uploads } from "../documents/uploads.svelte";
import { Opened } from "../evidence/opened.svelte";
import { explored } from "../graph/explored.svelte";
import { Reading } from "../ui/reading.svelte";
import { HeldService, settled } from "./held";

let service: HeldService;

beforeEach(() => {
  service = new HeldService();
  session.enter("", "");
  session.caller = { role: "admin", modes: [] } as unknown as typeof session.caller;
});

const entity = (id: string) => ({ id, name: id, type: "name", mentions: 1, documents: 1 });
const around = (id: string) => ({ entities: [entity(id)], relations: [], merges: [], left_off: { count: 0, entities: [] } });
const version = (number: number) => ({ version: number, title: "T", content_hash: "", updated_at: "", valid_from: number, valid_to: null });
const files = (count: number) => Array.from({ length: count }, (_, n) => ({ file: new File(["x"], `${n}.md`), root: "", path: `${n}.md` }));

it("shows the reading that was begun last, whichever ends first", async () => {
  const reading = new Reading<string>();
  let late = (_: string): void => undefined;
  const first = reading.read(() => new Promise((done) => (late = done)));
  expect(await reading.read(() => Promise.resolve("new"))).toBe(true);
  late("old");
  expect(await first).toBe(false);
  expect([reading.value, reading.loading]).toEqual(["new", false]);
});

it("looks again only once the last answer is there, however long that takes", async () => {
  const reading = new Reading<number>();
  const ends: ((value: number) => void)[] = [];
  const ask = () => new Promise<number>((done) => ends.push(done));
  for (let tick = 0; tick < 3; tick += 1) reading.look(ask);
  expect(ends).toHaveLength(1);
  ends[0]!(1);
  await settled();
  expect(reading.value).toBe(1);
  reading.look(ask);
  expect(ends).toHaveLength(2);
});

it("forgets what is under way", async () => {
  const reading = new Reading<string>();
  let late = (_: string): void => undefined;
  const first = reading.read(() => new Promise((done) => (late = done)));
  reading.forget();
  expect(reading.loading).toBe(false);
  late("old");
  expect(await first).toBe(false);
  expect(reading.value).toBeNull();
});

it("shows what stands around the entity that was chosen last", async () => {
  void explored.begin("a");
  void explored.begin("b");
  await service.answer("entity_id=b", around("b"));
  await service.answer("entity_id=a", around("a"));
  expect([...explored.entities.keys()]).toEqual(["b"]);
  expect([explored.chosen, explored.loading]).toEqual(["b", false]);
});

it("takes no moment of one workspace into another", async () => {
  void explored.at(500);
  session.enter("", "other");
  expect(explored.asOf).toBeNull();
});

it("never shows the text of one version under another", async () => {
  const opened = new Opened("d", new URLSearchParams());
  void opened.read(true);
  await service.answer(/documents\/d$/, { id: "d" });
  await service.answer("documents/d/versions", [version(1)]);
  void opened.read(true); // something has changed before the text is there
  await service.answer(/documents\/d$/, { id: "d" });
  await service.answer("documents/d/versions", [version(1), version(2)]);
  await service.answer("content?version=2", "new");
  await service.answer("content?version=1", "old");
  expect([opened.version?.version, opened.text]).toEqual([2, "new"]);
});

it("shows nothing of the workspace that was left", async () => {
  void library.look();
  session.enter("", "other");
  for (const state of ["running", "waiting", "queued"]) await service.answer(`state=${state}`, { jobs: [{ id: state, document_id: "d" }] });
  await service.answer("readyz", { revision: 7, counts: { documents: 9 } });
  expect([library.coming, library.total, library.loaded]).toEqual([[], null, false]);
});

it("reads the documents again after they could not be read", async () => {
  session.caller = { role: "ask", modes: [] } as unknown as typeof session.caller;
  void library.look();
  await service.answer("readyz", { revision: 7, counts: { documents: 1 } });
  await service.answer("GET v1/documents", { detail: "busy" }, 503);
  expect(library.problem?.status).toBe(503);
  void library.look();
  await service.answer("readyz", { revision: 7, counts: { documents: 1 } });
  await service.answer("GET v1/documents", { documents: [{ id: "d" }], next_cursor: null });
  expect([library.problem, library.documents.length]).toEqual([null, 1]);
});

it("sends no file to a workspace that was entered after it was dropped", async () => {
  void uploads.add(files(2));
  expect(uploads.list).toHaveLength(2); // at once
  session.enter("", "other");
  await service.answer("GET v1/documents", { documents: [], next_cursor: null });
  void uploads.add(files(5));
  await service.answer("GET v1/documents", { documents: [], next_cursor: null });
  expect(service.asked.filter((one) => one.startsWith("PUT"))).toHaveLength(3); // so many at once
  session.enter("", "third");
  for (let sent = 0; sent < 3; sent += 1) await service.answer("PUT", { documents: [{ id: "x", job_id: "j" }] });
  expect(service.asked.filter((one) => one.startsWith("PUT"))).toHaveLength(3);
  expect(service.asked.filter((one) => one.includes("events"))).toEqual([]);
  expect(uploads.list).toEqual([]);
});

it("tells of files that could not be sent", async () => {
  void uploads.add(files(2));
  await service.answer("GET v1/documents", { detail: "busy" }, 503);
  expect(uploads.list.map((one) => one.problem?.detail)).toEqual(["busy", "busy"]);
});

it("asks only after what was said before is there", async () => {
  void conversation.resume("s");
  void conversation.ask("And then?");
  await settled();
  expect(service.asked).toEqual(["GET v1/sessions/s"]);
  const kept = { number: 1, question: "Who?", answer: null, rewritten: null, now: null, holds: true };
  await service.answer("sessions/s", { turns: [kept], dropped: 0 });
  await service.answer("POST v1/ask", { detail: "busy" }, 503);
  expect(conversation.turns.map((turn) => turn.question)).toEqual(["Who?", "And then?"]);
  expect(new Set(conversation.turns.map((turn) => turn.number)).size).toBe(2);
});

it("keeps a question that was asked while a conversation turned out to be gone", async () => {
  void conversation.resume("s");
  void conversation.ask("And then?");
  await service.answer("sessions/s", { detail: "gone" }, 404);
  await service.answer("POST v1/sessions", { id: "fresh" });
  await service.answer("POST v1/ask", { detail: "busy" }, 503);
  expect([conversation.id, conversation.problem, conversation.turns.length]).toEqual(["fresh", null, 1]);
});
