/** An answer's Markdown as plain values, of which elements are made. Whatever would act (HTML, links, pictures) is text. */
import { lexer, type MarkedToken, type Token } from "marked";

export type Inline =
  | { kind: "text"; text: string }
  | { kind: "code"; text: string }
  | { kind: "strong"; inner: Inline[] }
  | { kind: "em"; inner: Inline[] }
  | { kind: "del"; inner: Inline[] }
  | { kind: "break" }
  /** `[2]`: the `nth` time (from 0) that the text names citation 2. */
  | { kind: "marker"; marker: number; nth: number };

export type Block =
  | { kind: "paragraph" | "heading"; inner: Inline[] }
  | { kind: "code"; text: string }
  | { kind: "rule" }
  | { kind: "quote"; inner: Block[] }
  | { kind: "list"; ordered: boolean; start: number; items: Block[][] }
  | { kind: "table"; header: Inline[][]; rows: Inline[][][] };

export function parse(markdown: string): Block[] {
  return new Reader().blocks(lexer(markdown));
}

const NAMED: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"' };

/** The service writes no other character references than these; an unknown one stays as it is. */
export function unescaped(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|(amp|lt|gt|quot));/g, (whole, code?: string, name?: string) => {
    if (name !== undefined) return NAMED[name] ?? whole;
    const point = Number(code);
    return point > 0 && point <= 0x10ffff ? String.fromCodePoint(point) : whole;
  });
}

class Reader {
  #seen = new Map<number, number>();

  blocks(tokens: Token[]): Block[] {
    return tokens.flatMap((token) => this.#block(token as MarkedToken));
  }

  #block(token: MarkedToken): Block[] {
    switch (token.type) {
      case "space":
      case "def":
        return [];
      case "heading":
        return [{ kind: "heading", inner: this.#inline(token.tokens) }];
      case "code":
        return [{ kind: "code", text: token.text }];
      case "hr":
        return [{ kind: "rule" }];
      case "blockquote":
        return [{ kind: "quote", inner: this.blocks(token.tokens) }];
      case "list": {
        const start = typeof token.start === "number" ? token.start : 1;
        const items = token.items.map((item) => this.blocks(item.tokens));
        return [{ kind: "list", ordered: token.ordered, start, items }];
      }
      case "table": {
        const header = token.header.map((cell) => this.#inline(cell.tokens));
        return [{ kind: "table", header, rows: token.rows.map((row) => row.map((cell) => this.#inline(cell.tokens))) }];
      }
      case "paragraph":
        return [{ kind: "paragraph", inner: this.#inline(token.tokens) }];
      case "text":
        return [{ kind: "paragraph", inner: token.tokens ? this.#inline(token.tokens) : this.#text(token.text) }];
      default:
        return [{ kind: "paragraph", inner: this.#text(token.raw) }];
    }
  }

  #inline(tokens: Token[]): Inline[] {
    return tokens.flatMap((token) => this.#part(token as MarkedToken));
  }

  #part(token: MarkedToken): Inline[] {
    switch (token.type) {
      case "strong":
      case "em":
      case "del":
        return [{ kind: token.type, inner: this.#inline(token.tokens) }];
      case "codespan":
        return [{ kind: "code", text: token.text }];
      case "br":
        return [{ kind: "break" }];
      case "escape":
      case "text":
        return this.#text(token.text);
      default: // an address, a picture, HTML: as it is written
        return this.#text(token.raw);
    }
  }

  #text(text: string): Inline[] {
    return text
      .split(/(\[\d{1,4}\])/)
      .filter((part) => part !== "")
      .map((part) => {
        const found = /^\[(\d{1,4})\]$/.exec(part);
        if (found === null) return { kind: "text", text: unescaped(part) };
        const marker = Number(found[1]);
        const nth = this.#seen.get(marker) ?? 0;
        this.#seen.set(marker, nth + 1);
        return { kind: "marker", marker, nth };
      });
  }
}
