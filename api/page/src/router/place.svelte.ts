/** Where the page is, as it goes from place to place. */
import { parse, type Place } from "./address";

export { address, type Place } from "./address";

export function go(href: string): void {
  window.location.hash = href;
}

class Here {
  place = $state.raw<Place>(parse(window.location.hash));

  constructor() {
    window.addEventListener("hashchange", () => {
      this.place = parse(window.location.hash);
    });
  }
}

export const here = new Here();
