import type { Answer, Call, Result } from "./answer.ts";
import { isProjoError } from "./errors.ts";

/** A promise of the data of a call, with the two other forms of its outcome. */
export class StartedCall<T> extends Promise<T> implements Call<T> {
  #answer: Promise<Answer<T>> | undefined;

  // Derived promises, such as that of `then`, are plain ones.
  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  static of<T>(answer: Promise<Answer<T>>): StartedCall<T> {
    const call = new StartedCall<T>((resolve, reject) => {
      answer.then(({ data }) => resolve(data), reject);
    });
    call.#answer = answer;
    return call;
  }

  async withResponse(): Promise<Answer<T>> {
    // This promise reports the failure, so the call itself must not report it a second time as unhandled.
    this.catch(() => undefined);
    const answer = await this.#answer;
    return answer as Answer<T>;
  }

  result(): Promise<Result<T>> {
    return resultOf(this);
  }
}

export function resultOf<T>(call: Promise<T>): Promise<Result<T>> {
  return call.then(
    (data) => ({ ok: true, data }),
    (error: unknown) => {
      if (!isProjoError(error)) throw error;
      return { ok: false, error: error as never };
    },
  );
}
