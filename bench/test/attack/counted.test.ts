import { expect, it } from "vitest";
import { attacksOn, countedAttacksOn } from "../../src/attack/attacks.ts";
import { runBench } from "../../src/runner/run-bench.ts";
import { sharedTestbed } from "../../src/testbed/shared-testbed.ts";
import { runAttacks } from "./run-attacks.ts";

runAttacks(countedAttacksOn);

it("rejects an unknown attack and prints the usage", async () => {
  let printed = "";
  const streams = { out: () => {}, err: (text: string) => void (printed += text) };
  expect(await runBench(["nobody"], attacksOn(sharedTestbed()), streams, "attack")).toBe(2);
  expect(printed).toContain("Usage: pnpm attack");
});
