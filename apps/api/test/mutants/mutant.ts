// What is proved here: each guard of the product is there for a reason. A mutant is the product with a guard taken out. The
// attacks that it is to stop are refused while it is there, and at least one of them works when it is gone. Where two
// guards stop the same thing, neither shows alone: then each is taken out alone, and both together.
import type { TestServer } from "../kit/index.ts";

/** A guard in the sources: the text that is the guard, and what stands there without it. */
export interface SourceGuard {
  readonly says: string;
  /** From the repository's root. */
  readonly file: string;
  readonly guard: string;
  readonly without: string;
}

/** A guard in the database's schema, and the statements that take it out. */
export interface SchemaGuard {
  readonly says: string;
  readonly sql: string;
}

export type Guard = SourceGuard | SchemaGuard;

/** Something that must not work, tried with people and a workspace of its own. */
export interface Attack {
  readonly says: string;
  /** @returns whether it worked; throws when it could not even be tried */
  tryOn(server: TestServer): Promise<boolean>;
}

export interface Mutant {
  /** Taken out together. */
  readonly without: readonly Guard[];
  /** Attacks that work then. */
  readonly works: readonly Attack[];
  /** Attacks that another guard still stops, which a mutant without both shows. */
  readonly refused?: readonly Attack[];
}

/** A guard in the sources, in one line. */
export const guard = (
  says: string,
  file: string,
  [text, without]: readonly [guard: string, without: string],
): SourceGuard => ({ says, file, guard: text, without });
