// docs/operating/deploy.md, on a machine of its own with systemd: from an empty directory to three servers behind HAProxy.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { stepsOf } from "../deploy/guide-scripts.ts";
import { describeIncidents, incidentFiles } from "../deploy/incidents.ts";
import { noMachine, startMachine, type Machine } from "../deploy/machine.ts";

const root = join(import.meta.dirname, "../..");
const [install, ...steps] = stepsOf(join(root, "docs/operating/deploy.md"));
const MINUTE_MS = 60_000;

const https =
  "--silent --show-error --fail --cacert /etc/haproxy/chain.pem --resolve app.example.com:443:127.0.0.1";

describe.skipIf(noMachine !== undefined)(
  `the guide of a deployment${noMachine ? ` (${noMachine})` : ""}`,
  () => {
    let machine: Machine;
    beforeAll(async () => {
      const packed = mkdtempSync(join(tmpdir(), "projo-packed-"));
      const pnpm = ["-y", "pnpm@12", "--filter", "@projostack/server", "pack", "--pack-destination", packed];
      execFileSync("npx", pnpm, { cwd: root, stdio: "pipe" });
      const [tarball = ""] = readdirSync(packed);
      // The packages are installed already. The machine of CI has no network for apt-get when it tests.
      // A server that stops waits for the balancer, which takes the time of most restarts. The default is 5 seconds.
      const script = `${(install?.script ?? "").replace(/^apt-get .*$/gm, "")}
echo PROJO_DRAIN_SECONDS=1 >> deploy/systemd/server.env`;
      machine = await startMachine({
        files: { [tarball]: join(packed, tarball), deploy: join(root, "deploy"), ...incidentFiles },
        install: script,
      });
      rmSync(packed, { recursive: true });
    }, 15 * MINUTE_MS);
    afterAll(() => machine?.close());

    it.each(steps)(
      "$title",
      async ({ script }) => {
        const output = await machine.run(script);
        expect(output).not.toMatch(/^(?:warning|error)\b/im);
      },
      10 * MINUTE_MS,
    );

    it(
      "serves a person through the balancer, with a session of each server",
      async () => {
        const body = JSON.stringify({ email: "ann@example.com", password: "correct horse battery staple" });
        const created = await machine.run(`curl ${https} https://app.example.com/trpc/auth.signUp \
      --header 'content-type: application/json' --data '${body}'`);
        const { accessToken } = JSON.parse(created).result.data as { accessToken: string };
        for (let request = 0; request < 6; request += 1) {
          const me = await machine.run(`curl ${https} https://app.example.com/trpc/auth.me \
        --header 'authorization: Bearer ${accessToken}'`);
          expect(me).toContain("ann@example.com");
        }
        expect(await machine.run(`curl ${https} https://app.example.com/`)).toContain("<title>");
      },
      3 * MINUTE_MS,
    );

    it(
      "has targets of Prometheus that are up",
      async () => {
        const query =
          "curl --silent --fail --get --data-urlencode 'query=sum(up{job=\"projostack\"})' http://127.0.0.1:9090/api/v1/query";
        await expect
          .poll(async () => valueOf(await machine.run(query)), {
            timeout: 45_000,
            interval: 1_000,
          })
          .toBe("3");
      },
      3 * MINUTE_MS,
    );

    it("keeps the secrets from other users, and from the processes' environment", async () => {
      expect(await machine.run("stat --format=%a /etc/projostack/secrets")).toBe("700\n");
      const seen = await machine.run(
        "cat /proc/$(systemctl show --property=MainPID --value projostack@4001)/environ | tr '\\0' '\\n'; ps axo args",
      );
      const secrets = await machine.run(
        "sed -E 's#.*//[^:]*:([^@]*)@.*#\\1#; s#^1:##' /etc/projostack/secrets/{token-keys,database-url,owner-url}",
      );
      for (const secret of secrets.trim().split("\n")) expect(seen).not.toContain(secret);
    });

    it(
      "ends each server with exit code 0 within its time",
      async () => {
        await machine.run("systemctl stop projostack@4001");
        expect(await machine.run("systemctl show --property=Result,ExecMainStatus projostack@4001")).toBe(
          "Result=success\nExecMainStatus=0\n",
        );
        await machine.run("systemctl start projostack@4001");
      },
      3 * MINUTE_MS,
    );

    describeIncidents(() => machine);
  },
);

const Answer = z.object({
  data: z.object({ result: z.array(z.object({ value: z.tuple([z.number(), z.string()]) })) }),
});

/** The value in an answer of Prometheus to a query with one result. */
const valueOf = (answer: string): string | undefined =>
  Answer.parse(JSON.parse(answer)).data.result[0]?.value[1];
