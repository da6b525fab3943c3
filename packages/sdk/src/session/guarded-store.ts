// Calls the methods of a caller's token store. It reports a failure as one of the store, and does not wait for a method for
// ever, because the next change of the session would wait too.
import { CallbackError, callbackThrew } from "../call/callback-error.ts";
import { needRecovery } from "../call/load-recovery.ts";
import { startTimeLimit } from "../time-limit.ts";
import { isTokenFunctionStore } from "./credential.ts";
import type { GuardedStore } from "./session-types.ts";
import type { Tokens, TokenStore } from "./token-store.ts";

/** The time after which a method of the store has failed. A lock also waits for the work of other processes. */
const METHOD_LIMIT_MS = 30_000;
const LOCK_LIMIT_MS = 120_000;

/** @throws CallbackError from each method */
export function guardStore(store: TokenStore): GuardedStore {
  const pending = new Set<string>();
  const guard = async <T>(
    callback: string,
    act: () => T | Promise<T>,
    failure: { readonly secrets?: readonly string[]; readonly note?: string | undefined } = {},
    limitMs = METHOD_LIMIT_MS,
  ): Promise<T> => {
    const limit = startTimeLimit(limitMs);
    pending.add(callback);
    try {
      return await Promise.race([act(), limit.reached]);
    } catch (thrown) {
      // The SDK's own store of a token function names that function, and refuses an invalid token with a TypeError.
      if (thrown instanceof CallbackError || isTokenFunctionStore(store)) throw thrown;
      throw callbackThrew(callback, { thrown, ...failure });
    } finally {
      limit.release();
      pending.delete(callback);
    }
  };

  return {
    get: async () =>
      checkTokens(
        await guard<unknown>(isTokenFunctionStore(store) ? "token" : "tokens.get", () => store.get()),
      ),
    set: (tokens, note) =>
      guard("tokens.set", () => store.set(tokens), {
        secrets: [tokens.accessToken, tokens.refreshToken ?? ""],
        note,
      }),
    clear: () => guard("tokens.clear", () => store.clear()),
    lock: async (work) => {
      if (!store.lock) return await work();
      const { runLocked } = await needRecovery("tokens.lock");
      return await runLocked(work, (run) => guard("tokens.lock", () => store.lock?.(run), {}, LOCK_LIMIT_MS));
    },
    // The methods inside the lock are called after it.
    pendingMethod: () => [...pending].at(-1),
  };
}

/** Checks what the store returns. A store of a browser returns null when it has no value. */
function checkTokens(value: unknown): Tokens | undefined {
  if (value === undefined || value === null) return undefined;
  const { accessToken, refreshToken } = value as Partial<Record<keyof Tokens, unknown>>;
  if (isText(accessToken) && (refreshToken === undefined || isText(refreshToken))) return value as Tokens;
  throw new CallbackError(
    "The function tokens.get of the client's options returned neither undefined nor tokens with an accessToken.",
  );
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}
