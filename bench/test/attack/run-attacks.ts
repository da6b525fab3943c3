import { afterAll, describe, expect, it } from "vitest";
import { runBench, type Subject } from "../../src/runner/run-bench.ts";
import { sharedTestbed, type SharedTestbed } from "../../src/testbed/shared-testbed.ts";

/** Runs attacks of `pnpm attack` in their quick form against the built server. Every bound must hold. */
export function runAttacks(attacksOn: (testbed: SharedTestbed) => readonly Subject[]): void {
  const testbed = sharedTestbed();
  afterAll(() => testbed.close(), 60_000);
  const attacks = attacksOn(testbed);
  describe("the server under attack", () => {
    it.each(attacks)("$name: $title", { timeout: 180_000 }, async ({ name }) => {
      let printed = "";
      const streams = {
        out: (text: string) => void (printed += text),
        err: (text: string) => void (printed += text),
      };
      const code = await runBench([name, "--quick"], attacks, streams, "attack");
      expect(code, printed).toBe(0);
    });
  });
}
