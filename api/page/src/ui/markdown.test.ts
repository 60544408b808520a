import { describe, expect, it } from "vitest";

import { parse, unescaped } from "./markdown";

describe("an answer's Markdown", () => {
  it("names citations, the second time as the second", () => {
    expect(parse("Built in 1958. [1] Sold. [2] Lost. [2]")).toEqual([
      {
        kind: "paragraph",
        inner: [
          { kind: "text", text: "Built in 1958. " },
          { kind: "marker", marker: 1, nth: 0 },
          { kind: "text", text: " Sold. " },
          { kind: "marker", marker: 2, nth: 0 },
          { kind: "text", text: " Lost. " },
          { kind: "marker", marker: 2, nth: 1 },
        ],
      },
    ]);
  });

  it("shows what would act as it is written", () => {
    const shown = JSON.stringify(parse("<img src=x onerror=a()> ![p](http://l.example/q) [a](javascript:b) <b>c</b>"));
    expect(shown).toContain("<img src=x onerror=a()>");
    expect(shown).toContain("![p](http://l.example/q)");
    expect(shown).toContain("[a](javascript:b)");
    expect(shown).not.toContain('"kind":"link"');
  });

  it("takes escapes of the service back, once", () => {
    expect(unescaped("&lt;b&gt; &amp;lt; &#58; &copy;")).toBe("<b> &lt; : &copy;");
    expect(parse(String.raw`a\*b\* c`)).toEqual([
      { kind: "paragraph", inner: ["a", "*", "b", "*", " c"].map((text) => ({ kind: "text", text })) },
    ]);
  });

  it("keeps lists and tables", () => {
    expect(parse("- one [1]\n- two")[0]).toMatchObject({ kind: "list", items: [[{}], [{}]] });
    expect(parse("| a | b |\n|---|---|\n| 1 | 2 |")[0]).toMatchObject({ kind: "table", rows: [[[{}], [{}]]] });
  });
});
