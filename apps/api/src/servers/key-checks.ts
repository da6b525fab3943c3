// Compares the keys of servers through the database, which must not learn the keys. A check is a MAC over the id of the
// server's row, with a key that is derived for this purpose. The id is random and new at every start, so equal keys have
// different checks in each row, and a check can be compared only by a server that has the key. It helps to guess a key no more
// than any token does: a key has at least 256 random bits, and weak keys are refused before.
import type { KeyCheck } from "@projostack/db";
import type { KeyRing } from "../identity/key-ring.ts";

export const keyChecksOf = (keys: KeyRing, id: string): KeyCheck[] =>
  keys.kids.map((kid) => ({ kid, check: checkOf(keys, kid, id) ?? "" }));

/** How the keys of another server differ from these. */
export interface KeyDifferences {
  /** The kids under which the servers have different keys. */
  readonly otherKeys: readonly number[];
  /** The kid with which the other server signs, if it is not here; otherwise null. */
  readonly missingHere: number | null;
  /** The kid with which this server signs, if the other one lacks it; otherwise null. */
  readonly missingThere: number | null;
}

export function keyDifferences(
  keys: KeyRing,
  { id, keyChecks }: { readonly id: string; readonly keyChecks: readonly KeyCheck[] },
): KeyDifferences {
  const [signing] = keyChecks;
  const otherKeys = keyChecks.filter(({ kid, check }) => (checkOf(keys, kid, id) ?? check) !== check);
  return {
    otherKeys: otherKeys.map(({ kid }) => kid),
    missingHere: signing === undefined || keys.kids.includes(signing.kid) ? null : signing.kid,
    missingThere: keyChecks.some(({ kid }) => kid === keys.newestKid) ? null : keys.newestKid,
  };
}

const checkOf = (keys: KeyRing, kid: number, id: string): string | undefined =>
  keys.check(kid, "living server", Buffer.from(id, "utf8"))?.toString("hex");
