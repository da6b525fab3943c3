import { setTimeout as delay } from "node:timers/promises";

/** Repeats the check until it returns true. A check that throws counts as false. @throws Error after `withinMs` */
export async function until(
  what: string,
  withinMs: number,
  check: () => Promise<boolean> | boolean,
): Promise<void> {
  const endsAt = performance.now() + withinMs;
  let problem = "";
  while (performance.now() < endsAt) {
    try {
      if (await check()) return;
      problem = "";
    } catch (error) {
      problem = ` (${String(error)})`;
    }
    await delay(50);
  }
  throw new Error(`Not within ${withinMs / 1_000} s: ${what}${problem}.`);
}
