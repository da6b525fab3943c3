import { systemRandomness } from "../../src/runtime/randomness.ts";

/** What there is to be chosen among. An invite or key and its latest token are told apart: a token may be an old one. */
export type Kind = "workspace" | "project" | "task" | "invite" | "inviteToken" | "key" | "keyToken";

/** The history's names, and what the server calls them. What was deleted keeps its name, to be asked for in vain. */
export class Names {
  readonly #ids = new Map<string, string>();
  readonly #names = new Map<string, string>();
  readonly #tokens = new Map<string, string>();
  readonly #invited = new Map<string, string>();
  readonly #known = new Map<Kind, string[]>();
  readonly #absent = systemRandomness.newId();

  /** A name for an id. */
  give(name: string, id: string, kind?: Kind): void {
    this.#ids.set(name, id);
    this.#names.set(id, name);
    if (kind) this.#add(kind, name);
  }

  giveToken(name: string, token: string, kind: Kind): void {
    this.#tokens.set(name, token);
    this.#add(kind, name);
  }

  /** Chooses one of a kind, counting from the latest. Before there is any: a name that means nothing. */
  pick(kind: Kind, index: number): string {
    const all = this.#known.get(kind) ?? [];
    return all[all.length - 1 - (index % all.length)] ?? "#none";
  }

  has(kind: Kind): boolean {
    return this.#known.has(kind);
  }

  /** Whom a token of an invite is for. */
  invite(token: string, person: string): void {
    this.#invited.set(token, person);
  }

  invitedBy(token: string): string | undefined {
    return this.#invited.get(token);
  }

  /** An id that nothing has, for a name that means nothing. */
  idOf(name: string): string {
    return this.#ids.get(name) ?? this.#absent;
  }

  tokenOf(name: string): string {
    return this.#tokens.get(name) ?? "none";
  }

  /** What is not of this history keeps its id, and so is like nothing in it. */
  named(id: string): string {
    return this.#names.get(id) ?? id;
  }

  #add(kind: Kind, name: string): void {
    this.#known.set(kind, [...(this.#known.get(kind) ?? []), name]);
  }
}
