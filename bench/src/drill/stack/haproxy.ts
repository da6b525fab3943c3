// HAProxy in front of the servers, with the configuration that the repository recommends.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "./free-port.ts";
import { supervise, type Supervised } from "./supervised.ts";

interface HaproxyOptions {
  readonly program: string;
  readonly directory: string;
  readonly serverPorts: readonly number[];
}

export interface Haproxy {
  readonly process: Supervised;
  readonly url: string;
  readonly certificate: string;
}

/** The configuration for operators. It reads its addresses from the environment. */
const RECOMMENDED = fileURLToPath(new URL("../../../../deploy/haproxy/haproxy.cfg", import.meta.url));

export async function startHaproxy(options: HaproxyOptions): Promise<Haproxy> {
  const { directory, serverPorts } = options;
  const [port, plainPort] = [await freePort(), await freePort()];
  const { certificate, file } = makeCertificate(directory);
  const env: Record<string, string> = {
    BALANCER_HTTP: `127.0.0.1:${plainPort}`,
    BALANCER_HTTPS: `127.0.0.1:${port}`,
    BALANCER_CERTIFICATE: file,
  };
  for (const [nth, serverPort] of serverPorts.entries()) {
    env[`BALANCER_SERVER_${nth + 1}`] = `127.0.0.1:${serverPort}`;
  }
  return {
    url: `https://127.0.0.1:${port}`,
    certificate,
    process: start(options, RECOMMENDED, env),
  };
}

function makeCertificate(directory: string): { readonly certificate: string; readonly file: string } {
  const [key, certificate, file] = ["key.pem", "certificate.pem", "both.pem"].map((name) =>
    join(directory, name),
  );
  if (!key || !certificate || !file) throw new Error("There is no path for the certificate.");
  const subject = ["-subj", "/CN=drill", "-addext", "subjectAltName=IP:127.0.0.1"];
  const kind = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
  execFileSync("openssl", ["req", ...kind, ...subject, "-keyout", key, "-out", certificate], {
    stdio: "pipe",
  });
  const text = readFileSync(certificate, "utf8");
  writeFileSync(file, `${text}${readFileSync(key, "utf8")}`, { mode: 0o600 });
  return { certificate: text, file };
}

const start = (
  { program, directory }: HaproxyOptions,
  file: string,
  env: Readonly<Record<string, string>>,
): Supervised =>
  supervise({
    name: "HAProxy",
    command: [program, "-db", "-f", file],
    env,
    directory,
    logFile: join(directory, "haproxy.log"),
  });
