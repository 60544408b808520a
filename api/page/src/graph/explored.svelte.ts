/** What has been looked at of the graph: entities, the facts and merges among them, as of one revision. */
import { api, data, type Schemas } from "../api/client";
import { asProblem, type Problem } from "../api/problem";
import { session } from "../api/session.svelte";
import { Reading } from "../ui/reading.svelte";
import { around, type Spot } from "./placing";

export type Entity = Schemas["EntityBody"];
export type Relation = Schemas["RelationBody"];
export type Merge = Schemas["MergeBody"];
export type LeftOff = Schemas["LeftOffBody"];

/** One fact with every quote that states it. */
export interface Fact {
  key: string;
  source: Entity;
  target: Entity;
  predicate: string;
  relations: Relation[];
}

interface Around {
  id: string;
  entities: Entity[];
  relations: Relation[];
  merges: Merge[];
  left_off: LeftOff;
}

export const MOST = 300;
const AT_ONCE = 25;

class Explored {
  /** The entities that were opened, each with how many others it may bring. */
  #opened = new Map<string, number>();
  #spots = new Map<string, Spot>();
  #names = new Map<string, string>();
  entities = $state.raw<ReadonlyMap<string, Entity>>(new Map());
  facts = $state.raw<readonly Fact[]>([]);
  merges = $state.raw<readonly Merge[]>([]);
  leftOff = $state.raw<ReadonlyMap<string, LeftOff>>(new Map());
  /** Null: as it stands now. */
  asOf = $state<number | null>(null);
  chosen = $state<string | null>(null);
  readonly #reading = new Reading<(Around | null)[]>();

  get loading(): boolean {
    return this.#reading.loading;
  }

  get problem(): Problem | null {
    return this.#reading.problem;
  }

  spot(id: string): Spot {
    return this.#spots.get(id) ?? { x: 0, y: 0 };
  }

  isOpen(id: string): boolean {
    return this.#opened.has(id);
  }

  get full(): boolean {
    return this.entities.size >= MOST;
  }

  /** Begin anew with one entity. */
  async begin(id: string): Promise<void> {
    this.clear();
    this.chosen = id;
    await this.open(id);
  }

  clear(): void {
    this.#opened.clear();
    this.#spots.clear();
    this.entities = new Map();
    this.facts = [];
    this.merges = [];
    this.leftOff = new Map();
    this.chosen = null;
    this.#reading.forget();
  }

  /** Nothing is left of another workspace, whose moments are its own. */
  leave(): void {
    this.clear();
    this.asOf = null;
  }

  /** Show what stands around an entity; a second time, more of it. */
  async open(id: string): Promise<void> {
    this.#opened.set(id, (this.#opened.get(id) ?? 0) + AT_ONCE);
    await this.#read();
  }

  async at(revision: number | null): Promise<void> {
    this.asOf = revision;
    await this.#read();
  }

  async #read(): Promise<void> {
    const read = () => Promise.all([...this.#opened].map(([id, limit]) => this.#around(id, limit)));
    if (await this.#reading.read(read)) this.#show((this.#reading.value ?? []).filter((one) => one !== null));
  }

  async #around(id: string, limit: number): Promise<Around | null> {
    const query = { entity_id: id, limit: Math.min(limit + 1, MOST), ...(this.asOf === null ? {} : { as_of: String(this.asOf) }) };
    if (!(await this.#lived(id))) return null;
    try {
      return { id, ...(await data(api.GET("/v1/graph/neighbourhood", { params: { query } }))) };
    } catch (error) {
      if (asProblem(error).status === 404) return null; // another of its name was there
      throw error;
    }
  }

  /** Whether anything of its name was there at the chosen revision: a browser logs what is asked for and not found. */
  async #lived(id: string): Promise<boolean> {
    const name = this.#names.get(id);
    if (this.asOf === null || name === undefined) return true;
    const query = { query: name, limit: 1, as_of: String(this.asOf) };
    return (await data(api.GET("/v1/graph/entities", { params: { query } }))).entities.length > 0;
  }

  #show(found: Around[]): void {
    const entities = new Map<string, Entity>();
    for (const { id, entities: near } of found) {
      const fresh = near.filter((one) => !entities.has(one.id)).slice(0, MOST - entities.size);
      for (const one of fresh) {
        entities.set(one.id, one);
        this.#names.set(one.id, one.name);
      }
      this.#place(id, fresh.map((one) => one.id));
    }
    const facts = new Map<string, Fact>();
    const seen = new Set<string>();
    for (const relation of found.flatMap((one) => one.relations)) {
      const { source, target, predicate, evidence } = relation;
      const key = JSON.stringify([source.id, predicate, target.id]);
      const quote = JSON.stringify([key, evidence.chunk_id, evidence.quote]);
      if (!entities.has(source.id) || !entities.has(target.id) || seen.has(quote)) continue;
      seen.add(quote);
      const fact = facts.get(key) ?? { key, source, target, predicate, relations: [] };
      fact.relations.push(relation);
      facts.set(key, fact);
    }
    const merges = new Map(found.flatMap((one) => one.merges).map((one) => [`${one.first.id} ${one.second.id} ${one.reason}`, one]));
    this.entities = entities;
    this.facts = [...facts.values()];
    this.merges = [...merges.values()].filter((one) => entities.has(one.first.id) && entities.has(one.second.id));
    this.leftOff = new Map(found.filter((one) => one.left_off.count > 0).map((one) => [one.id, one.left_off]));
  }

  /** New ones find places around the entity that brought them; whoever had one keeps it, also while it is not there. */
  #place(id: string, ids: string[]): void {
    const centre = this.#spots.get(id) ?? { x: 0, y: 0 };
    this.#spots.set(id, centre);
    const fresh = ids.filter((one) => !this.#spots.has(one));
    const from = centre.x || centre.y ? { x: 0, y: 0 } : null;
    around(centre, from, [...this.#spots.values()], fresh.length).forEach((spot, index) => this.#spots.set(fresh[index]!, spot));
  }
}

export const explored = new Explored();
session.heldBy(() => explored.leave());
