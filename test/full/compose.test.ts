// The secrets and certificates of deploy/compose, with a real Redis and a real PgBouncer on this machine.
import { execFileSync, spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const source = join(import.meta.dirname, "../../deploy/compose");
const pgbouncer = ["pgbouncer", "/usr/sbin/pgbouncer"].find(
  (name) => spawnSync(name, ["--version"]).status === 0,
);
const missing = [
  spawnSync("openssl", ["version"]).status === 0 ? [] : ["openssl"],
  spawnSync("redis-server", ["--version"]).status === 0 ? [] : ["redis-server"],
  pgbouncer === undefined ? ["pgbouncer"] : [],
].flat();
const reason = missing.length === 0 ? "" : ` (not installed: apt-get install ${missing.join(" ")})`;

describe.skipIf(missing.length > 0 && process.env["CI"] !== "true")(
  `the compose file's services${reason}`,
  () => {
    let directory: string;
    const started: ChildProcess[] = [];
    beforeAll(() => {
      directory = mkdtempSync(join(tmpdir(), "projo-compose-"));
      cpSync(source, directory, { recursive: true, filter: (path) => !/secrets|\.env$/.test(path) });
      prepare();
    });
    afterAll(async () => {
      for (const child of started) {
        const ended = once(child, "exit");
        child.kill("SIGKILL");
        await ended;
      }
      rmSync(directory, { recursive: true, force: true });
    });
    const prepare = () => execFileSync(join(directory, "prepare"), ["app.example.com"], { encoding: "utf8" });
    const secret = (name: string) => readFileSync(join(directory, "secrets", name), "utf8");

    it("prepare creates each secret once, and keeps it", () => {
      expect(statSync(join(directory, "secrets")).mode & 0o777).toBe(0o700);
      const contents = () =>
        readdirSync(join(directory, "secrets"))
          .filter((name) => !name.endsWith(".srl"))
          .map((name) => [name, secret(name)]);
      const before = contents();
      prepare();
      expect(contents()).toEqual(before);
      expect(new Set(before.map(([, content]) => content)).size).toBe(before.length);
    });

    it("prepare names the missing argument", () => {
      expect(spawnSync(join(directory, "prepare"), { encoding: "utf8" })).toMatchObject({
        status: 2,
        stderr: "Give the public name of the service: ./prepare app.example.com\n",
      });
    });

    it("the certificates are signed by the authority, for the name of each service", () => {
      for (const name of ["postgres", "pgbouncer", "redis"]) {
        const words = ["verify", "-CAfile", "authority", "-verify_hostname", name, `${name}.crt`];
        expect(
          execFileSync("openssl", words, { cwd: join(directory, "secrets"), encoding: "utf8" }),
        ).toContain("OK");
      }
    });

    it("Redis answers over TLS to the password of redis-url alone", async () => {
      const port = await freePort();
      const settings = inPlace("redis.conf")
        .replace("tls-port 6379", `tls-port ${port}`)
        .replace("dir /tmp", `dir ${directory}`);
      writeFileSync(join(directory, "redis.test.conf"), settings);
      started.push(spawn("redis-server", [join(directory, "redis.test.conf")], { stdio: "ignore" }));
      const [, password = ""] = /\/\/:([^@]*)@/.exec(secret("redis-url")) ?? [];
      await expect
        .poll(() => ask(port, "redis", `AUTH ${password}\r\nPING\r\n`), { timeout: 20_000 })
        .toContain("+PONG");
      expect(await ask(port, "redis", "PING\r\n")).toContain("NOAUTH");
    });

    it("PgBouncer starts with its file, and offers TLS", async () => {
      const port = await freePort();
      writeFileSync(
        join(directory, "pgbouncer.test.ini"),
        inPlace("pgbouncer.ini")
          .replace("6432", String(port))
          .replace("listen_addr = *", "listen_addr = 127.0.0.1"),
      );
      for (const path of [directory, join(directory, "secrets")]) chmodSync(path, 0o755);
      const user = process.getuid?.() === 0 ? ["-u", "nobody"] : [];
      started.push(
        spawn(pgbouncer ?? "", [...user, join(directory, "pgbouncer.test.ini")], { stdio: "ignore" }),
      );
      const check = [
        "s_client",
        "-starttls",
        "postgres",
        "-connect",
        `127.0.0.1:${port}`,
        "-CAfile",
        join(directory, "secrets/authority"),
        "-verify_hostname",
        "pgbouncer",
        "-verify_return_error",
        "-brief",
      ];
      await expect
        .poll(
          () => {
            const { stderr, stdout } = spawnSync("openssl", check, { input: "", encoding: "utf8" });
            return stderr + stdout;
          },
          { timeout: 20_000 },
        )
        .toContain("Verification: OK");
    });

    /** A file of the setup, with the secrets where they are on this machine. */
    const inPlace = (name: string) =>
      readFileSync(join(directory, name), "utf8").replaceAll("/run/secrets", join(directory, "secrets"));

    /** Sends text over TLS. @returns the answer; empty if there is no connection */
    const ask = async (port: number, servername: string, text: string): Promise<string> =>
      new Promise((resolve) => {
        const socket = connect({ port, host: "127.0.0.1", servername, ca: secret("authority") });
        let answer = "";
        socket.on("secureConnect", () => socket.write(`${text}QUIT\r\n`));
        socket.on("data", (data) => (answer += String(data)));
        socket.on("error", () => resolve(answer));
        socket.on("close", () => resolve(answer));
      });
  },
);

async function freePort(): Promise<number> {
  const listener = createServer().listen(0, "127.0.0.1");
  await once(listener, "listening");
  const { port } = listener.address() as AddressInfo;
  listener.close();
  return port;
}
