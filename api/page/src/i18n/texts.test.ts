import { expect, it } from "vitest";

import en from "./en.json";
import zh from "./zh.json";

const values = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();

it("says the same things in both languages, in the same order", () => {
  expect(Object.keys(zh)).toEqual(Object.keys(en));
  expect(Object.keys(en)).toEqual(Object.keys(en).toSorted());
});

it("puts the same values into both", () => {
  for (const [key, text] of Object.entries(en)) expect([key, values(zh[key as keyof typeof en])]).toEqual([key, values(text)]);
});

it("leaves nothing empty", () => {
  for (const text of [...Object.values(en), ...Object.values(zh)]) expect(text.trim()).not.toBe("");
});
