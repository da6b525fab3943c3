// Runs the built program behind a forwarder that kills it at a chosen request.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer, text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import type { Outcome, Shell } from "../kit.ts";

const bin = fileURLToPath(new URL("../../bin/projo.js", import.meta.url));

export interface Forwarder {
  readonly url: string;
  /** Calls `act` at the request of this number, counted from now: before it is forwarded, or in place of its answer. */
  at(request: number, when: "before" | "answered", act: () => void): void;
  close(): Promise<void>;
}

export async function startForwarder(target: string): Promise<Forwarder> {
  let seen = 0;
  let planned: { request: number; when: "before" | "answered"; act: () => void } | undefined;
  const server = createServer((request, response) => {
    void (async () => {
      seen += 1;
      const plan = planned?.request === seen ? planned : undefined;
      if (plan?.when === "before") plan.act();
      const { method = "GET", url = "/", headers } = request;
      const body = await buffer(request);
      const { host: _, connection: __, "content-length": ___, ...sent } = headers;
      const answer = await fetch(`${target}${url}`, {
        method,
        headers: sent as Record<string, string>,
        ...(method === "GET" ? {} : { body: new Uint8Array(body) }),
      });
      const bytes = Buffer.from(await answer.arrayBuffer());
      if (plan?.when === "answered") {
        plan.act();
        response.destroy();
        return;
      }
      const {
        "content-encoding": ____,
        "transfer-encoding": _____,
        ...received
      } = Object.fromEntries(answer.headers);
      response.writeHead(answer.status, { ...received, "content-length": bytes.length }).end(bytes);
    })().catch(() => response.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    at(request, when, act) {
      seen = 0;
      planned = { request, when, act };
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

export interface Killed extends Outcome {
  /** The number of times that the program was killed. */
  readonly kills: number;
}

/**
 * Runs a command of the built program, and kills it with SIGKILL at each of the requests in turn. Then it runs to its end.
 * @param requests the number of the request at which each run is killed
 */
export async function runKilled(
  shell: Shell,
  { url, at }: Forwarder,
  { argv, requests }: { argv: readonly string[]; requests: readonly number[] },
): Promise<Killed> {
  let kills = 0;
  for (let run = 0; ; run += 1) {
    const child = spawn(process.execPath, [bin, ...argv], {
      env: { PATH: process.env["PATH"], HOME: shell.home, PROJO_URL: url },
      cwd: shell.directory,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const request = requests[run];
    at(request ?? 0, run % 2 === 0 ? "before" : "answered", () => child.kill("SIGKILL"));
    const closed = once(child, "close") as Promise<[number | null, string | null]>;
    const [out, err, [code, signal]] = await Promise.all([text(child.stdout), text(child.stderr), closed]);
    if (signal === "SIGKILL") kills += 1;
    if (request === undefined || (code !== null && code !== 0)) return { code: code ?? -1, out, err, kills };
    if (signal === null) return { code: code ?? -1, out, err, kills };
  }
}
