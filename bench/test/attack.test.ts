// Runs every attack of `pnpm attack` in its quick form against the built server. Every bound must hold.
import { afterAll, describe, expect, it } from "vitest";
import { attacksOn } from "../src/attack/attacks.ts";
import { runBench } from "../src/runner/run-bench.ts";
import { sharedTestbed } from "../src/testbed/shared-testbed.ts";

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

  it("rejects an unknown attack and prints the usage", async () => {
    let printed = "";
    const streams = { out: () => {}, err: (text: string) => void (printed += text) };
    expect(await runBench(["nobody"], attacks, streams, "attack")).toBe(2);
    expect(printed).toContain("Usage: pnpm attack");
  });
});
