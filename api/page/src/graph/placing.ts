/** Where nodes stand. What stands stays: new nodes find free places around the one they belong to. */
export interface Spot {
  x: number;
  y: number;
}

const APART = 140;
const CLEAR = 100;

/** Places for `count` nodes around a spot, ring by ring, away from where one came from; none of them near another. */
export function around(centre: Spot, from: Spot | null, taken: readonly Spot[], count: number): Spot[] {
  const found: Spot[] = [];
  const first = from ? Math.atan2(centre.y - from.y, centre.x - from.x) : -Math.PI / 2;
  for (let ring = 1; found.length < count; ring += 1) {
    const radius = ring * APART;
    const room = Math.max(6, Math.floor((2 * Math.PI * radius) / APART));
    // few of them, with nothing around yet, share the ring evenly
    const places = from ? room : Math.min(room, Math.max(count - found.length, 3));
    for (let step = 0; step < places && found.length < count; step += 1) {
      // 0, 1, -1, 2, -2 …: outwards first, then to both sides
      const turn = (step % 2 ? 1 : -1) * Math.ceil(step / 2);
      const angle = first + (turn * 2 * Math.PI) / places;
      const spot = { x: Math.round(centre.x + radius * Math.cos(angle)), y: Math.round(centre.y + radius * Math.sin(angle)) };
      if ([...taken, ...found].every((other) => Math.hypot(other.x - spot.x, other.y - spot.y) >= CLEAR)) found.push(spot);
    }
  }
  return found;
}
