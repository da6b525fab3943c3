// Mutation testing of security checks (docs/mutation-testing.md). A mutant is a server with one check removed. With the check,
// the attacks that it prevents fail; without it, at least one of them succeeds. If two checks prevent the same attack, there
// are mutants without either one and a mutant without both.
import type { TestServer } from "../kit/index.ts";

/** A check in the source code: its text, and the text that replaces it. */
export interface SourceGuard {
  readonly title: string;
  /** The path from the root of the repository. */
  readonly file: string;
  readonly text: string;
  readonly replacement: string;
}

/** A check in the database schema, and the SQL that removes it. */
export interface SchemaGuard {
  readonly title: string;
  readonly sql: string;
}

export type Guard = SourceGuard | SchemaGuard;

/** An action that must fail. It creates its own users and its own workspace. */
export interface Attack {
  readonly title: string;
  /** @returns whether the attack succeeded @throws when it could not be attempted */
  tryOn(server: TestServer): Promise<boolean>;
}

export interface Mutant {
  /** The checks that are removed together. */
  readonly removed: readonly Guard[];
  /** The attacks that succeed without these checks. */
  readonly succeeds: readonly Attack[];
  /** The attacks that another check still prevents. A mutant without both checks shows that they can succeed. */
  readonly stillBlocked?: readonly Attack[];
}

/** Creates a check in the source code. */
export const guard = (
  title: string,
  file: string,
  [text, replacement]: readonly [text: string, replacement: string],
): SourceGuard => ({ title, file, text, replacement });
