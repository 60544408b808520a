import { expect, test } from "vitest";

import { drawn, fitting } from "./ways";

const question = { kind: "question", label: "Who?" };
const bridge = { kind: "entity", label: "Aune" };

test("ways that share stops share them in the drawing", () => {
  const found = drawn([
    [question, bridge, { kind: "chunk", label: "one" }],
    [question, bridge, { kind: "chunk", label: "two" }],
  ]);
  expect(found.stops.map((stop) => stop.label)).toEqual(["Who?", "Aune", "one", "two"]);
  expect(found.lines).toHaveLength(3);
  expect(found.stops[2]!.y).toBe(found.stops[3]!.y);
});

test("nothing is drawn of nothing", () => {
  expect(drawn([]).stops).toEqual([]);
  expect(fitting("a very long label of a passage", 3).length).toBeLessThanOrEqual(15);
});
