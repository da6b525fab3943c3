/**
 * A function that the caller passed to the client failed: fetch, a method of the token store, or a function for an option.
 * `openCall` turns it into the error of the call.
 */
export class CallbackError extends Error {
  readonly details: CallbackDetails;

  constructor(message: string, details: CallbackDetails = {}) {
    super(message);
    this.details = details;
  }
}

export interface CallbackDetails {
  readonly thrown?: unknown;
  /** Texts that must not appear in the error. */
  readonly secrets?: readonly string[];
  /** A sentence for the message. */
  readonly note?: string | undefined;
}

/** @param callback the name of the function: `fetch`, `tokens.set` */
export const callbackThrew = (callback: string, details: CallbackDetails): CallbackError =>
  new CallbackError(`The function ${callback} of the client's options failed.`, details);

/** @throws CallbackError when the function of the caller fails */
export async function askCallback<T>(callback: string, act: () => T | Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (thrown) {
    throw callbackThrew(callback, { thrown });
  }
}
