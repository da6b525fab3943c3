// Runs the short form of `pnpm drill` against the built servers.
import { expect, it } from "vitest";
import { runDrill } from "../../src/drill/drill.ts";
import { findPrograms } from "../../src/drill/stack/programs.ts";

const programs = findPrograms();
const missing = "missing" in programs ? programs.missing : null;

/** With CI=true, the test fails if a program is missing. */
const isSkipped = missing !== null && process.env["CI"] !== "true";

it.skipIf(isSkipped)(
  `F1 F5 F7 every write that three servers acknowledged is stored once after SIGKILL, cuts and a promotion${isSkipped ? ` (${missing})` : ""}`,
  { timeout: 300_000 },
  async () => {
    let printed = "";
    const print = (text: string) => void (printed += text);
    const code = await runDrill(["--quick"], { out: print, err: print });
    expect(code, printed).toBe(0);
  },
);

it("rejects an unknown fault and prints the usage", async () => {
  let printed = "";
  const streams = { out: () => {}, err: (text: string) => void (printed += text) };
  expect(await runDrill(["nobody"], streams)).toBe(2);
  expect(printed).toContain("Usage: pnpm drill");
});
