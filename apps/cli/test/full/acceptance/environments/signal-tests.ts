// The packed and installed program that a signal stops: it says where, and can be repeated.
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { type Gateway } from "../../../gateway.ts";
import type { Environment } from "./environment.ts";

/** Calls `kill` once, soon after a request of the operation has arrived. */
function killAt(gateway: Gateway, operation: string, kill: () => void): void {
  const timer = setInterval(() => {
    if (!gateway.arrived.includes(operation)) return;
    clearInterval(timer);
    kill();
  }, 20);
}

/** @param openedEnvironment returns the environment, which is open before the first test */
export function signalsTests(openedEnvironment: () => Environment): void {
  let behind: Environment["behind"];

  beforeAll(() => {
    ({ behind } = openedEnvironment());
  });

  describe("a signal", () => {
    const again = "Run the same command again";
    const signals = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

    it.each<readonly [command: string, operation: string, message: string]>([
      ["tasks import rows.csv", "tasks.createMany", `${again} to continue.`],
      ["workspaces export copy", "workspaceData.exportRows", `${again}: it continues.`],
      ["audit export --out log.ndjson", "audit.export", `${again}: the export starts from the beginning.`],
      ["projects create Late", "projects.create", "see: projo projects list"],
    ])("stops projo %s, which then can be repeated", async (command, operation, message) => {
      const { gateway, home, line: run } = await behind({ delayMs: 300 });
      await writeFile(join(home, "rows.csv"), `project,title\n${"Docs,Row\n".repeat(1_000)}`);
      for (const [signal, code] of Object.entries(signals)) {
        gateway.arrived.length = 0;
        const stopped = await run(`exec projo ${command}`, {
          onStart: (kill) => killAt(gateway, operation, () => kill(signal as NodeJS.Signals)),
        });
        expect([signal, stopped.code, stopped.err]).toEqual([
          signal,
          code,
          expect.stringContaining("projo: Stopped."),
        ]);
        expect(stopped.err).toContain(message);
        expect(stopped.err.split("\n").filter((text) => text.startsWith("projo: "))).toHaveLength(1);
      }
      expect((await readdir(home)).filter((file) => file.endsWith(".part"))).toEqual([]);
      if (operation === "projects.create") return;
      gateway.behaviour = {};
      expect((await run(`projo ${command}`)).code).toBe(0);
    });
  });
}
