import { systemRandomness } from "../../src/runtime/randomness.ts";

/** The kinds of objects. An invite or key and its tokens are separate, because an action can use an old token. */
export type Kind = "workspace" | "project" | "task" | "invite" | "inviteToken" | "key" | "keyToken";

/** Maps the names in a history to the ids and tokens of the server. A deleted object keeps its name, so that actions can still use it. */
export class Names {
  readonly #ids = new Map<string, string>();
  readonly #names = new Map<string, string>();
  readonly #tokens = new Map<string, string>();
  readonly #invited = new Map<string, string>();
  readonly #known = new Map<Kind, string[]>();
  readonly #absent = systemRandomness.newId();

  /** Assigns a name to an id. */
  give(name: string, id: string, kind?: Kind): void {
    this.#ids.set(name, id);
    this.#names.set(id, name);
    if (kind) this.#add(kind, name);
  }

  giveToken(name: string, token: string, kind: Kind): void {
    this.#tokens.set(name, token);
    this.#add(kind, name);
  }

  /** Selects an object of a kind, counted from the newest. Returns an unknown name if there is none. */
  pick(kind: Kind, index: number): string {
    const all = this.#known.get(kind) ?? [];
    return all[all.length - 1 - (index % all.length)] ?? "#none";
  }

  has(kind: Kind): boolean {
    return this.#known.has(kind);
  }

  /** Records the user for whom an invite token is. */
  setInvited(token: string, person: string): void {
    this.#invited.set(token, person);
  }

  invitedBy(token: string): string | undefined {
    return this.#invited.get(token);
  }

  /** Returns the id of a name, or an id that no object has. */
  idOf(name: string): string {
    return this.#ids.get(name) ?? this.#absent;
  }

  tokenOf(name: string): string {
    return this.#tokens.get(name) ?? "none";
  }

  /** Returns the name of an id. An id of another history is returned unchanged, so it differs from every name. */
  nameOf(id: string): string {
    return this.#names.get(id) ?? id;
  }

  #add(kind: Kind, name: string): void {
    this.#known.set(kind, [...(this.#known.get(kind) ?? []), name]);
  }
}
