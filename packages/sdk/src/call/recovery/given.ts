// The parts of the main path that this folder uses. They are handed in when the folder is loaded. With an import, bundlers would
// move them into a file of their own, because two parts of the program use them, and the main path would grow.
import type * as callback from "../callback-error.ts";
import type * as errors from "../../errors.ts";
import type { Platform } from "../../platform.ts";
import type { tokensFrom as read } from "../../session/token-store.ts";
import type { startTimeLimit as start } from "../../time-limit.ts";

export type CallbackError = callback.CallbackError;
export type ProjoConnectionError = errors.ProjoConnectionError;
export type ProjoError = errors.ProjoError;

export let CallbackError: typeof callback.CallbackError;
export let ProjoConnectionError: typeof errors.ProjoConnectionError;
export let ProjoError: typeof errors.ProjoError;
export let ProjoTimeoutError: typeof errors.ProjoTimeoutError;
export let startTimeLimit: typeof start;
export let tokensFrom: typeof read;

/** Reads the globals at each use. */
export const platform = (): Platform => globalThis as unknown as Platform;

export type Given = Pick<typeof errors, "ProjoConnectionError" | "ProjoError" | "ProjoTimeoutError"> &
  Pick<typeof callback, "CallbackError"> & { startTimeLimit: typeof start; tokensFrom: typeof read };

export function handIn(given: Given): void {
  ({ CallbackError, ProjoConnectionError, ProjoError, ProjoTimeoutError, startTimeLimit, tokensFrom } =
    given);
}
