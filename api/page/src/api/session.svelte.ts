/** Who asks, and in which workspace. A key is kept until the tab is closed, and nowhere else. */
const KEY = "quipu.key";
const WORKSPACE = "quipu.workspace";

class Session {
  key = $state(sessionStorage.getItem(KEY) ?? "");
  workspace = $state(sessionStorage.getItem(WORKSPACE) ?? "");
  /** Whether the service has refused to answer without a (valid) key. */
  refused = $state(false);
  /** Raised with each change of key or workspace: whatever was read before is to be read again. */
  turn = $state(0);

  enter(key: string, workspace: string): void {
    this.key = key;
    this.workspace = workspace;
    sessionStorage.setItem(KEY, key);
    sessionStorage.setItem(WORKSPACE, workspace);
    this.refused = false;
    this.turn += 1;
  }

  headers(): Record<string, string> {
    return {
      ...(this.key && { Authorization: `Bearer ${this.key}` }),
      ...(this.workspace && { "X-Quipu-Workspace": this.workspace }),
    };
  }
}

export const session = new Session();
