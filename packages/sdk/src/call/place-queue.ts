// Limits the requests that a client sends at the same time. Only an attempt has a place: a call that waits before a retry, or
// for new tokens, has none.
import type { Deadline } from "./deadline.ts";

/** The end of the call that waits. */
type End = Pick<Deadline, "signal" | "within">;

type Leave = () => void;

export interface PlaceQueue {
  /** Waits for a place, in the order of the calls. The returned function gives it back. Rejects when the call ends. */
  enter(end: End): Promise<Leave>;
}

export function createPlaceQueue(places: number): PlaceQueue {
  let free = places;
  const waiting: { readonly end: End; readonly enter: () => void }[] = [];
  const leave = () => {
    for (let next = waiting.shift(); next; next = waiting.shift())
      if (!next.end.signal.aborted) return next.enter();
    free += 1;
  };
  return {
    enter: async (end) => {
      if (free > 0) {
        free -= 1;
        return leave;
      }
      const entered = new Promise<void>((enter) => waiting.push({ end, enter }));
      return await end.within(entered).then(
        () => leave,
        (error) => {
          // The call may get its place in the moment in which it ends.
          void entered.then(leave);
          throw error;
        },
      );
    },
  };
}
