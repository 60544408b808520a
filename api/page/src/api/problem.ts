/** What went wrong, as the service says it (RFC 9457), or that it cannot be reached. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
  ) {
    super(detail);
    this.name = "Problem";
  }
}

interface ProblemDocument {
  type?: string;
  title?: string;
  detail?: string;
}

/** The problem of an answer that is none; `body` is what was read of it. */
export function problemOf(status: number, body: unknown): Problem {
  const told: ProblemDocument = typeof body === "object" && body !== null ? body : {};
  const code = (told.type ?? "").split(":").at(-1) ?? "";
  return new Problem(status, code, told.detail ?? told.title ?? `HTTP ${status}`);
}

export const UNREACHABLE = 0;

/** Any error as a problem; only what comes from the network or the service is one. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof TypeError) return new Problem(UNREACHABLE, "unreachable", error.message);
  throw error;
}
