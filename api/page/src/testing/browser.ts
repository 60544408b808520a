/** What modules of the page take from a browser, for tests that have none. */
class Kept {
  readonly #values = new Map<string, string>();

  getItem(name: string): string | null {
    return this.#values.get(name) ?? null;
  }

  setItem(name: string, value: string): void {
    this.#values.set(name, value);
  }

  removeItem(name: string): void {
    this.#values.delete(name);
  }
}

const BASE = "file:///page/";
const Whole = globalThis.Request;

class Below extends Whole {
  constructor(input: RequestInfo | URL, init?: RequestInit) {
    super(typeof input === "string" ? new URL(input, BASE) : input, init);
  }
}

Object.assign(globalThis, {
  sessionStorage: new Kept(),
  localStorage: new Kept(),
  Request: Below,
  document: { visibilityState: "visible", documentElement: {} },
  window: { location: { href: BASE, hash: "" }, addEventListener: () => undefined },
});
