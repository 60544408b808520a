import { expect, it } from "vitest";

import { around, indexOf } from "./spans";

it("counts characters as the service does", () => {
  expect(indexOf("abc", 2)).toBe(2);
  expect("a😀b".slice(indexOf("a😀b", 2))).toBe("b");
  expect("长河😀仪器".slice(indexOf("长河😀仪器", 3), indexOf("长河😀仪器", 5))).toBe("仪器");
});

it("keeps the marked words and a bounded part of what surrounds them", () => {
  const text = `${"x".repeat(100)}MARK${"y".repeat(100)}`;
  const pieces = around(text, { start: 100, end: 104 }, 10);
  expect(pieces).toEqual({ skipped: 90, before: "x".repeat(10), marked: "MARK", after: "y".repeat(10), left: 90 });
  expect(around("short", null, 10)).toEqual({ skipped: 0, before: "", marked: "", after: "short", left: 0 });
});

it("never cuts a character in two", () => {
  const pieces = around("😀😀😀M", { start: 3, end: 4 }, 3);
  expect(pieces.before).toBe("😀");
});
