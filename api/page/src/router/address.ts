/** Where the page is: what stands behind `#` in the address. */
export interface Place {
  view: string;
  /** What follows the view's name, decoded: an id, for instance. */
  rest: string;
  query: URLSearchParams;
}

export function parse(hash: string): Place {
  const [path = "", query = ""] = hash.replace(/^#?\/?/, "").split("?", 2);
  const cut = path.indexOf("/");
  const view = cut < 0 ? path : path.slice(0, cut);
  return { view, rest: cut < 0 ? "" : decoded(path.slice(cut + 1)), query: new URLSearchParams(query) };
}

/** The address of a place, for `href`. */
export function address(view: string, rest = "", query: Record<string, string | number | undefined> = {}): string {
  const given = Object.entries(query).filter((pair): pair is [string, string | number] => pair[1] !== undefined);
  const search = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return `#/${view}${rest && `/${encodeURIComponent(rest)}`}${search && `?${search}`}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // an address typed by hand may hold a lone %
  }
}
