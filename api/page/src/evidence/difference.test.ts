import { expect, it } from "vitest";

import { difference } from "./difference";

it("tells words that came and went", () => {
  expect(difference("The tower was built in 1904.", "The tower was built in 1907.")).toEqual([
    { kind: "same", text: "The tower was built in " },
    { kind: "removed", text: "1904" },
    { kind: "added", text: "1907" },
    { kind: "same", text: "." },
  ]);
});

it("leaves out long stretches that are the same", () => {
  const long = "word ".repeat(200);
  const parts = difference(`${long}old`, `${long}new`);
  expect(parts.map((part) => part.kind)).toEqual(["skipped", "same", "removed", "added"]);
});
