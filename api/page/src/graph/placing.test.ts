import { expect, test } from "vitest";

import { around } from "./placing";

test("nodes stand apart from each other and from those that are there", () => {
  const taken = [{ x: 0, y: 0 }, ...around({ x: 0, y: 0 }, null, [{ x: 0, y: 0 }], 40)];
  const more = around(taken[3]!, { x: 0, y: 0 }, taken, 60);
  const all = [...taken, ...more];
  for (const [index, one] of all.entries())
    for (const other of all.slice(index + 1)) expect(Math.hypot(one.x - other.x, one.y - other.y)).toBeGreaterThanOrEqual(99);
});

test("the same question has the same answer", () => {
  expect(around({ x: 5, y: 5 }, null, [], 9)).toEqual(around({ x: 5, y: 5 }, null, [], 9));
});
