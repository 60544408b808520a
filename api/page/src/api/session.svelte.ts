/** Who asks, and in which workspace. A key is kept until the tab is closed, and nowhere else. */
import type { Schemas } from "./client";

const KEY = "quipu.key";
const WORKSPACE = "quipu.workspace";

type Caller = Schemas["CallerBody"];

class Session {
  key = $state(sessionStorage.getItem(KEY) ?? "");
  workspace = $state(sessionStorage.getItem(WORKSPACE) ?? "");
  /** Whether the service has refused to answer without a (valid) key. */
  refused = $state(false);
  /** Who this is for the service; null until it has said so. */
  caller = $state.raw<Caller | null>(null);
  /** Raised with each change of key or workspace: whatever was read before is to be read again. */
  turn = $state(0);
  readonly #holders: (() => void)[] = [];

  /** Have something forget what it holds when somebody else comes, or another workspace. */
  heldBy(forget: () => void): void {
    this.#holders.push(forget);
  }

  enter(key: string, workspace: string): void {
    this.key = key;
    this.workspace = workspace;
    sessionStorage.setItem(KEY, key);
    sessionStorage.setItem(WORKSPACE, workspace);
    this.refused = false;
    this.caller = null;
    for (const forget of this.#holders) forget();
    this.turn += 1;
  }

  may(role: "write" | "admin"): boolean {
    return this.caller !== null && (this.caller.role === role || this.caller.role === "admin");
  }

  headers(): Record<string, string> {
    return {
      ...(this.key && { Authorization: `Bearer ${this.key}` }),
      ...(this.workspace && { "X-Quipu-Workspace": this.workspace }),
    };
  }
}

export const session = new Session();
