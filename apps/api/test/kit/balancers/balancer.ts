// HAProxy and nginx from Debian with the configurations in deploy/, in front of three addresses.
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { freePorts } from "./free-ports.ts";

export type BalancerName = "haproxy" | "nginx";

export interface Balancer {
  /** The https address. */
  readonly url: string;
  /** The address without TLS, which redirects. */
  readonly plainUrl: string;
  /** The certificate of the balancer, in PEM. */
  readonly ca: string;
  /** The output of the balancer: its access log and its messages. */
  output(): string;
  close(): Promise<void>;
}

const root = fileURLToPath(new URL("../../../../../", import.meta.url));
const fileOf = { haproxy: "deploy/haproxy/haproxy.cfg", nginx: "deploy/nginx/nginx.conf" } as const;

// Debian installs both in a directory that is not in every PATH.
const programs = {
  haproxy: findProgram("haproxy"),
  nginx: findProgram("nginx"),
};

export const hasBalancer = (name: BalancerName): boolean => programs[name] !== undefined;

/** The reason that a skipped test shows. With CI=true the test is not skipped. */
export const noBalancer = (name: BalancerName): string => `${name} is not installed: apt-get install ${name}`;

function findProgram(name: BalancerName): string | undefined {
  return [`/usr/sbin/${name}`, name].find((path) => spawnSync(path, ["-v"]).error === undefined);
}

/** @param servers the addresses of three servers, such as 127.0.0.1:4000 */
export async function startBalancer(name: BalancerName, servers: readonly string[]): Promise<Balancer> {
  const program = programs[name];
  if (program === undefined) throw new Error(noBalancer(name));
  const directory = mkdtempSync(join(tmpdir(), `projo-${name}-`));
  chmodSync(directory, 0o755);
  const certificate = makeCertificate(directory);
  const [http = 0, https = 0] = await freePorts(2);
  const start = name === "haproxy" ? startHaproxy : startNginx;
  const child = start(program, { directory, certificate, servers, http, https });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.on("data", (bytes: Buffer) => (output += bytes.toString()));
  const ended = once(child, "exit");
  await untilReachable(https, child, () => output);
  return {
    url: `https://localhost:${https}`,
    plainUrl: `http://localhost:${http}`,
    ca: readFileSync(certificate.file, "utf8"),
    output: () => output + (name === "nginx" ? readFileSync(join(directory, "access.log"), "utf8") : ""),
    close: async () => {
      // Both end without waiting for the open connections.
      child.kill("SIGTERM");
      await ended;
      rmSync(directory, { recursive: true });
    },
  };
}

interface Certificate {
  readonly file: string;
  readonly key: string;
  /** Both in one file. */
  readonly both: string;
}

interface Setup {
  readonly directory: string;
  readonly certificate: Certificate;
  readonly servers: readonly string[];
  readonly http: number;
  readonly https: number;
}

function makeCertificate(directory: string): Certificate {
  const [file, key, both] = ["tls.crt", "tls.key", "tls.pem"].map((each) => join(directory, each)) as [
    string,
    string,
    string,
  ];
  const names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"];
  const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  const args = ["req", "-x509", ...kind, ...names, "-keyout", key, "-out", file];
  execFileSync("openssl", args, { stdio: "ignore" });
  writeFileSync(both, readFileSync(file, "utf8") + readFileSync(key, "utf8"));
  return { file, key, both };
}

const isRoot = process.getuid?.() === 0;

/** HAProxy reads the addresses from its environment. Only root can change the user. */
function startHaproxy(
  program: string,
  { directory, certificate, servers, http, https }: Setup,
): ChildProcess {
  const original = join(root, fileOf.haproxy);
  const copy = join(directory, "haproxy.cfg");
  writeFileSync(
    copy,
    replaceAll(
      readFileSync(original, "utf8"),
      isRoot
        ? []
        : [
            ["user haproxy", ""],
            ["group haproxy", ""],
          ],
    ),
  );
  return spawn(program, ["-db", "-f", isRoot ? original : copy], {
    env: {
      PATH: process.env["PATH"],
      BALANCER_HTTP: `127.0.0.1:${http}`,
      BALANCER_HTTPS: `127.0.0.1:${https}`,
      BALANCER_CERTIFICATE: certificate.both,
      ...Object.fromEntries(servers.map((address, nth) => [`BALANCER_SERVER_${nth + 1}`, address])),
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** nginx reads no environment: the copy differs in the addresses and files alone. */
function startNginx(program: string, { directory, certificate, servers, http, https }: Setup): ChildProcess {
  const copy = join(directory, "nginx.conf");
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((kind) => `${kind}_temp_path ${join(directory, kind)};`)
    .join("\n");
  const replaced = replaceAll(readFileSync(join(root, fileOf.nginx), "utf8"), [
    ...servers.map((address, nth): [string, string] => [`10.0.0.1${nth + 1}:4000`, address]),
    ["listen 80 ", `listen 127.0.0.1:${http} `],
    ["listen 443 ", `listen 127.0.0.1:${https} `],
    ["/etc/nginx/certificate.pem", certificate.file],
    ["/etc/nginx/certificate.key", certificate.key],
    ["/run/nginx.pid", join(directory, "nginx.pid")],
    ["/var/log/nginx/error.log", "stderr"],
    ["/var/log/nginx/access.log", join(directory, "access.log")],
    ["http {", `http {\n${temporary}`],
    ...(isRoot ? [] : [["user www-data;", ""] as [string, string]]),
  ]);
  writeFileSync(copy, replaced);
  return spawn(program, ["-p", directory, "-c", copy, "-g", "daemon off;"], {
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** @throws when a text does not occur exactly once */
function replaceAll(text: string, changes: readonly (readonly [string, string])[]): string {
  return changes.reduce((changed, [from, to]) => {
    if (changed.split(from).length !== 2) throw new Error(`"${from}" must occur once in the configuration.`);
    return changed.replace(from, () => to);
  }, text);
}

async function untilReachable(port: number, child: ChildProcess, output: () => string): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    const socket = createConnection({ host: "127.0.0.1", port });
    try {
      await once(socket, "connect");
      return;
    } catch (error) {
      if (tries === 200 || child.exitCode !== null)
        throw new Error(`The balancer did not start: ${output()}`, { cause: error });
      await delay(50);
    } finally {
      socket.destroy();
    }
  }
}
