/** A service whose answers come when a test says so, in the order that it says. */
import { vi } from "vitest";

interface Asked {
  method: string;
  /** Behind the page's own address, with the query, decoded. */
  path: string;
  answer: (response: Response) => void;
}

export class HeldService {
  /** What was asked and is not answered, the oldest first. */
  readonly waiting: Asked[] = [];
  readonly asked: string[] = [];

  constructor() {
    vi.stubGlobal("fetch", (request: Request) => this.#hold(request));
  }

  #hold(request: Request): Promise<Response> {
    return new Promise((answer, refuse) => {
      const path = decodeURIComponent(request.url.slice(request.url.indexOf("/page/") + 6));
      this.asked.push(`${request.method} ${path}`);
      this.waiting.push({ method: request.method, path, answer });
      request.signal.addEventListener("abort", () => refuse(request.signal.reason as Error));
    });
  }

  /** Answer the oldest request that fits a pattern, or has a text in it, once it has come. */
  async answer(part: string | RegExp, body: unknown, status = 200): Promise<void> {
    while (this.#find(part) < 0) await settled();
    const [asked] = this.waiting.splice(this.#find(part), 1);
    const [text, type] = typeof body === "string" ? [body, "text/plain"] : [JSON.stringify(body), "application/json"];
    asked?.answer(new Response(text, { status, headers: { "Content-Type": type } }));
    await settled();
  }

  #find(part: string | RegExp): number {
    return this.waiting.findIndex((one) => {
      const text = `${one.method} ${one.path}`;
      return typeof part === "string" ? text.includes(part) : part.test(text);
    });
  }
}

/** Whatever follows from an answer has been done. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await new Promise((done) => setTimeout(done));
}
