// Each page of docs/operating/incidents on the machine of the guide of a deployment: the fault is caused, the commands of the page
// are run in its order, and the page's recovery is checked. The alerts of the page fire in the Prometheus of the machine, whose
// durations alone are shortened.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stepsOf, type GuideStep } from "./guide-scripts.ts";
import type { Machine } from "./machine.ts";

const directory = join(import.meta.dirname, "../../docs/operating/incidents");
const pages = new Map(
  readdirSync(directory)
    .filter((name) => name !== "README.md")
    .map((name) => [name.replace(/\.md$/, ""), stepsOf(join(directory, name))] as const),
);
const MINUTE_MS = 60_000;
const READY = /^.*"ready".* 200\n.*"ready".* 200\n.*"ready".* 200$/m;

/** The files of the machine that the incident pages need. */
export const incidentFiles = { "test-programs": join(import.meta.dirname, "programs") };

export function describeIncidents(machine: () => Machine): void {
  const run = (script: string) => machine().run(script);
  /** @param again a command that continues the fault before each look at the alerts */
  const untilFiring = (alert: string, again = "") => run(`until-firing ${alert} '${again}'`);
  describe("the incident pages", { timeout: 15 * MINUTE_MS }, () => {
    /** Runs a command of a page as a person does: a command that fails is followed by the next one. */
    const did = new Set<GuideStep>();
    const runStep = async (page: string, title: string, nth = 0): Promise<string> => {
      const step = pages.get(page)?.filter((one) => one.title === title)[nth];
      if (!step) throw new Error(`${page}.md has no command ${nth} in the section "${title}".`);
      did.add(step);
      return run(`(\nset +euo pipefail\n${step.script}\n) 2>&1 || true`);
    };
    const first = "What to do first";
    const isReady = (page: string) =>
      expect.poll(() => runStep(page, "Confirm the recovery"), LONG).toMatch(READY);
    beforeAll(async () => {
      await run(setUp);
      await run("sign-up");
    }, 2 * MINUTE_MS);
    afterAll(() => expect(leftOut(did)).toEqual([]));

    it("server-down.md", async () => {
      await run("systemctl stop projostack@4001");
      await untilFiring("ProjoServerDown");
      const title = "One server is down";
      expect(await runStep("server-down", title, 0)).toMatch(
        /projostack@4001\.service +loaded +inactive[^]*ActiveState=inactive/,
      );
      expect(await runStep("server-down", title, 1)).toContain("Stopped projostack@4001");
      expect(await runStep("server-down", title, 2)).toContain(
        "configuration settings     every setting is valid",
      );
      await expect.poll(() => run(ready(4001)), LONG).toContain("200");
    });

    it("server-down.md: a server restarts again and again", async () => {
      for (let kill = 0; kill < 3; kill += 1) {
        await run(`kill -9 $(systemctl show --property=MainPID --value projostack@4002)`);
        await expect.poll(() => run(ready(4002)), LONG).toContain("200");
        // Prometheus reads the start of the process.
        await run("sleep 3");
      }
      await untilFiring("ProjoServerRestarts");
      const output = await runStep("server-down", "A server restarts again and again");
      expect(output).toMatch(/NRestarts=[3-9]\n.*\nId=projostack@4002\.service/);
      expect(output).toContain("code=killed, status=9/KILL");
    });

    // Its alert looks back for the longest time, and the last test waits for its end.
    it("keys-leaked.md: a token is stolen", async () => {
      await run("sign-up eve; reuse-refresh-token 7");
      await untilFiring("ProjoTokensReused", "reuse-refresh-token 2");
      expect(await runStep("keys-leaked", "Tokens of users are stolen", 0)).toMatch(
        /^eve@example\.com\|127\.0\.0\.1\|(?:[6-9]|1\d)$/m,
      );
      expect(await runStep("keys-leaked", "Tokens of users are stolen", 1)).toMatch(/Ended \d+ session/);
      expect(await runStep("keys-leaked", "Many credentials are refused")).toMatch(
        /\d token\.reused\t127\.0\.0\.1/,
      );
    });

    it("database-down.md", async () => {
      await run("systemctl stop postgresql@15-main; call tasks.list");
      await untilFiring("ProjoDatabaseDown");
      await untilFiring("ProjoDatabaseRefusesCalls");
      await untilFiring("ProjoFailedCalls", "call tasks.list > /dev/null");
      expect(await runStep("database-down", first, 0)).toMatch(
        /protocol_violation|no_answer_in_time|pooler_full/,
      );
      expect(await runStep("database-down", first, 1)).toContain("problem  DATABASE_URL");
      expect(await runStep("database-down", first, 2)).toMatch(/pgbouncer\.service[^]*15 +main +5432 +down/);
      await runStep("database-down", first, 3);
      await isReady("database-down");
      const log = () => run("journalctl -u 'projostack@*' -o cat --since -5min");
      await expect.poll(log, LONG).toContain("the database does not answer: calls are refused until it does");
      await expect.poll(log, LONG).toContain("the database answers again");
    });

    it("database-down.md: the login is refused", async () => {
      // A migration keeps the password: the verifier of PgBouncer stays valid.
      await run("projostack migrate; systemctl restart pgbouncer");
      await isReady("database-down");
      await run(`runuser -u postgres -- psql -qc "ALTER ROLE projo_server PASSWORD 'changed-by-a-person'"
        systemctl restart pgbouncer; sleep 3`);
      const seen = await runStep("database-down", first, 4);
      expect(seen).toContain('password authentication failed for user "projo_server"');
      expect(seen).toContain("cl_active");
      expect(await runStep("database-down", "The login is refused", 0)).toContain(
        "The login projo_server is ready",
      );
      await runStep("database-down", "The login is refused", 1);
      await isReady("database-down");
    });

    it("primary-moved.md", async () => {
      await run(`pg_createcluster 15 standby --port=5433 > /dev/null
        rm -rf /var/lib/postgresql/15/standby
        runuser -u postgres -- pg_basebackup -D /var/lib/postgresql/15/standby -R --checkpoint=fast
        systemctl start postgresql@15-standby
        sed -i 's/port=5432/port=5433/' /etc/pgbouncer/pgbouncer.ini; systemctl reload pgbouncer; sleep 3; call tasks.create`);
      await untilFiring("ProjoPrimaryMoved");
      expect(await runStep("primary-moved", first, 0)).toMatch(
        /problem {2}DATABASE_URL.*(?:standby|no writes)/,
      );
      expect(await runStep("primary-moved", first, 1)).toContain("f|off");
      await run("sed -i 's/port=5433/port=5432/' /etc/pgbouncer/pgbouncer.ini");
      await runStep("primary-moved", first, 2);
      await isReady("primary-moved");
      await run(`runuser -u postgres -- psql -qc 'ALTER DATABASE projo SET default_transaction_read_only = on'
        runuser -u postgres -- psql -qh /var/run/postgresql -p 6432 -U pgbouncer pgbouncer -c RECONNECT`);
      await expect.poll(() => run(ready(4001)), LONG).toContain("503");
      await runStep("primary-moved", first, 3);
      await isReady("primary-moved");
      await run("pg_dropcluster --stop 15 standby");
    });

    it("disk-full.md", async () => {
      await run(`systemctl stop postgresql@15-main
        cp -a /var/lib/postgresql/15 /var/lib/postgresql/kept
        mount -t tmpfs -o size=400m,mode=755 tmpfs /var/lib/postgresql/15; chown postgres: /var/lib/postgresql/15
        cp -a /var/lib/postgresql/kept/. /var/lib/postgresql/15/
        systemctl start postgresql@15-main`);
      await isReady("disk-full");
      await run("cat /dev/zero > /var/lib/postgresql/15/old-backup || true");
      await expect.poll(() => run("call tasks.createMany"), LONG).toContain("server.unavailable");
      await untilFiring("ProjoDiskFull", "call tasks.createMany > /dev/null");
      expect(await runStep("disk-full", first, 0)).toMatch(/\d+%/);
      await runStep("disk-full", first, 1);
      await run("rm /var/lib/postgresql/15/old-backup; systemctl start postgresql@15-main");
      await expect.poll(() => runStep("disk-full", "Confirm the recovery"), LONG).toMatch(/CHECKPOINT\n/);
      await isReady("disk-full");
      expect(await runStep("disk-full", first, 1)).toMatch(/tasks\|\d+ kB/);
      await expect.poll(() => run("call tasks.createMany"), LONG).toContain('"created":true');
    });

    it("redis-down.md", async () => {
      await run("systemctl stop redis-server; for n in 1 2 3; do call tasks.create; done");
      await untilFiring("ProjoRedisDown");
      expect(await runStep("redis-down", first, 0)).toContain("problem  REDIS_URL connection");
      expect(await runStep("redis-down", first, 1)).toContain("inactive (dead)");
      expect(await runStep("redis-down", first, 2)).toMatch(/used_memory[^]*maxmemory/);
      const metric = "curl -s http://127.0.0.1:1400[1-3]/metrics | grep '^projo_redis_unreachable'";
      await expect.poll(() => run(`call tasks.create > /dev/null; ${metric}`), LONG).not.toContain(" 1\n");
    });

    it("mail-refused.md", async () => {
      await run("mail-server 'try again later' 421; sign-up bob");
      await expect
        .poll(() => runStep("mail-refused", first, 0), LONG)
        .toMatch(/bob@example\.com[^]*\n +\d+ /);
      expect(await runStep("mail-refused", first, 1)).toContain("problem  PROJO_SMTP_URL");
      await run("mail-server 'no such user' 550; sign-up dan");
      await untilFiring("ProjoMailDead");
      await run("mail-server ok 250");
      expect(await runStep("mail-refused", "Dead mails")).toMatch(/dan@example\.com[^]*will be sent again/);
      await expect.poll(() => run("projostack mail list --status sent"), LONG).toContain("dan@example.com");
    });

    it("server-errors.md", async () => {
      const sql = (text: string) => run(`runuser -u postgres -- psql -qd projo -c '${text}'`);
      await sql("ALTER TABLE workspaces RENAME TO moved");
      await run("call workspaces.list");
      await untilFiring("ProjoServerErrors", "call workspaces.list > /dev/null");
      await sql("ALTER TABLE moved RENAME TO workspaces");
      expect(await runStep("server-errors", "A bug in an operation")).toMatch(
        /"operation":"workspaces\.list".*"requestId"/,
      );
    });

    it("loud-tenant.md", async () => {
      await run("for n in 1 2 3 4 5; do call tasks.list > /dev/null; done");
      expect(await runStep("loud-tenant", first, 0)).toMatch(/[\da-f-]{36}\t[\da-f-]{36}\ttasks\.list/);
      expect(await runStep("loud-tenant", first, 1)).toMatch(/^[\d.e+]+ [\da-f-]{36}$/m);
      expect(await runStep("loud-tenant", first, 2)).toMatch(/Ended \d+ session/);
      expect(await runStep("loud-tenant", first, 3)).toContain("xact_start");
    });

    it("overload.md", async () => {
      expect(await runStep("overload", first)).toContain("wait_event_type");
      await run(
        `(runuser -u postgres -- psql -qd projo -c 'BEGIN; LOCK TABLE tasks; SELECT pg_sleep(99)' > /dev/null 2>&1 &)`,
      );
      // A call waits for the lock for at most two seconds.
      const seen = async () => {
        await run("call tasks.create > /dev/null 2>&1 &");
        return runStep("overload", "Connections to the database");
      };
      await expect.poll(seen, LONG).toMatch(/\d+ +\| \{\d+\}/);
      await run(`runuser -u postgres -- psql -qAtc \
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(99)' AND pid <> pg_backend_pid()"`);
    });

    it("keys-leaked.md: the keys", async () => {
      expect(await run("sign-in; call tasks.list")).toContain("items");
      expect(await runStep("keys-leaked", first, 0)).toContain("2");
      await runStep("keys-leaked", first, 1);
      await isReady("primary-moved");
      expect(await run("call-with-old-token tasks.list")).toContain("auth.unauthenticated");
      expect(await run("sign-in; call tasks.list")).toContain("items");
    });

    it("keys-leaked.md: a login of the database", async () => {
      await runStep("keys-leaked", first, 2);
      await runStep("database-down", "The login is refused", 1);
      expect(await runStep("keys-leaked", first, 3)).toMatch(
        /projostack@4003 is ready[^]*audit logs with \d+ entries are intact/,
      );
      await isReady("database-down");
    });

    it("restore.md", async () => {
      await run(`call tasks.list > ~/before
        umask 077; sed -E 's#.*//projo_dump:([^@]*)@.*#127.0.0.1:5432:projo:projo_dump:\\1#' /etc/projostack/secrets/backup-url > ~/.pgpass
        mkdir -p /var/backups
        pg_dump --dbname='host=127.0.0.1 dbname=projo user=projo_dump' --role=projo_backup --format=custom --file=/var/backups/projo.dump
        chmod 644 /var/backups/projo.dump; projostack verify-dump /var/backups/projo.dump`);
      await run(
        "runuser -u postgres -- psql -qd projo -c 'SET session_replication_role = replica; DELETE FROM tasks'",
      );
      const output: string[] = [];
      for (let nth = 0; nth < 4; nth += 1) output.push(await runStep("restore", first, nth));
      expect(output.join("\n")).not.toMatch(/\b(?:ERROR|FATAL|error:)/);
      expect(output.at(-1)).toMatch(/Ended \d+ sessions?/);
      await runStep("restore", first, 4);
      await isReady("restore");
      await run("sign-in");
      expect(await run("call tasks.list")).toBe(await run("cat ~/before"));
    });

    it("erase.md", async () => {
      expect(await runStep("erase", first, 0)).toContain("only admin");
      await run("projostack workspaces delete $(cat ~/workspace) --yes");
      await runStep("erase", first, 1);
      expect(await runStep("erase", first, 0)).toContain("There is no account with the address");
      expect(await run("sign-in || true")).toContain("auth.");
    });

    it("a quiet deployment has no alert", async () => {
      await expect.poll(() => run("firing"), { timeout: 5 * MINUTE_MS, interval: 2_000 }).toBe("\n");
    });
  });
}

const LONG = { timeout: 90_000, interval: 1_000 };

const leftOut = (did: ReadonlySet<GuideStep>): string[] =>
  [...pages].flatMap(([page, steps]) =>
    steps.filter((step) => !did.has(step)).map(({ title, script }) => `${page}.md, ${title}: ${script}`),
  );

const ready = (port: number) =>
  `curl --silent --output /dev/null --max-time 3 --write-out '%{http_code}' http://127.0.0.1:${port}/readyz || true`;

/** Installs the programs of the test on the machine, and shortens the durations of its Prometheus. */
const setUp = `
install --mode=755 test-programs/* /usr/local/sbin
mail-server ok 250
cd /etc/prometheus
sed -i 's/_interval: 15s/_interval: 1s/; s/scrape_timeout: 5s/scrape_timeout: 1s/' prometheus.yml
# A for of 0 stays. Every other time is shorter; windows keep room for several samples.
sed -i -E 's/for: [1-9][0-9]*[sm]$/for: 2s/; s/\\[(1|2)m\\]/[6s]/g; s/\\[5m\\]/[10s]/g; s/\\[15m\\]/[120s]/g; s/\\[1h\\]/[60s]/g' alerts.yml
systemctl restart prometheus`;
