import { ProjoConnectionError, ProjoError, ProjoTimeoutError } from "../errors.ts";
import { platform } from "../platform.ts";
import { tokensFrom } from "../session/token-store.ts";
import { startTimeLimit } from "../time-limit.ts";
import type * as recoveryFile from "./recovery/recovery.ts";
import { CallbackError } from "./callback-error.ts";

const LOAD_LIMIT_MS = 30_000;

type Recovery = typeof recoveryFile;

let loading: Promise<Recovery | undefined> | undefined;
let isPlanned = false;

/** A short program on a fast network has ended by then, and has not spent its time on code for failures. */
const LOAD_DELAY_MS = 300;

/** Loads what a call needs after a failure. Each call does so soon, because there may be no network after a failure. */
export function loadSoon(): void {
  if (loading || isPlanned) return;
  isPlanned = true;
  const timer: unknown = platform().setTimeout(() => {
    isPlanned = false;
    void startLoading();
  }, LOAD_DELAY_MS);
  // The timer alone does not keep a program of Node.js running.
  (timer as { unref?(): void }).unref?.();
}

const startLoading = (): Promise<Recovery | undefined> => (loading ??= load());

/** Returns what a call needs after a failure. Undefined when it cannot be loaded: the call then ends with the plain error. */
export async function loadRecovery(limitMs = LOAD_LIMIT_MS): Promise<Recovery | undefined> {
  const limit = startTimeLimit(limitMs);
  try {
    return await Promise.race([startLoading(), limit.reached]);
  } catch {
    return undefined;
  } finally {
    limit.release();
  }
}

async function load(): Promise<Recovery | undefined> {
  try {
    const recovery = await import("./recovery/recovery.ts");
    recovery.handIn({
      CallbackError,
      ProjoConnectionError,
      ProjoError,
      ProjoTimeoutError,
      startTimeLimit,
      tokensFrom,
    });
    return recovery;
  } catch {
    loading = undefined;
    return undefined;
  }
}

/** As `loadRecovery`, for what has no plain form. @throws ProjoError when it cannot be loaded */
export async function needRecovery(operation: string): Promise<Recovery> {
  const recovery = await loadRecovery();
  if (recovery) return recovery;
  throw new ProjoError("A file of the SDK cannot be loaded. Check the network, or reload the page.", {
    operation,
    code: "CONNECTION_FAILED",
  });
}
