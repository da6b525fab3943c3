import { isProjoError } from "./errors.js";
/** A promise of the data of a call, with the two other forms of its outcome. */
export class StartedCall extends Promise {
    #answer;
    // Derived promises, such as that of `then`, are plain ones.
    static get [Symbol.species]() {
        return Promise;
    }
    static of(answer) {
        const call = new StartedCall((resolve, reject) => {
            answer.then(({ data }) => resolve(data), reject);
        });
        call.#answer = answer;
        return call;
    }
    async withResponse() {
        // This promise reports the failure, so the call itself must not report it a second time as unhandled.
        this.catch(() => undefined);
        const answer = await this.#answer;
        return answer;
    }
    result() {
        return resultOf(this);
    }
}
export function resultOf(call) {
    return call.then((data) => ({ ok: true, data }), (error) => {
        if (!isProjoError(error))
            throw error;
        return { ok: false, error: error };
    });
}
