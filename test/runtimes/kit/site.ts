// A site on loopback: a page, the API of a real server on the same origin, and controls for the tests. The API has no CORS
// headers, so that a page can only call it on its own origin.
import { createServer, request as forward, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { expiredAccessToken, type TestServer } from "@projostack/api/testing";

/** How the site treats a call: it answers 503, closes the connection, or never answers. */
export interface Fault {
  readonly operation: string;
  readonly how: "unavailable" | "cut" | "hold";
  readonly times: number;
}

export interface Site {
  readonly url: string;
  readonly port: number;
  /** How often each operation was called. */
  readonly counts: Record<string, number>;
  /** The calls that were held and did not end. */
  readonly held: readonly string[];
  fail(fault: Fault): void;
  forget(): void;
  close(): Promise<void>;
}

interface SiteOptions {
  /** The script of the page. */
  readonly script?: string;
  /** Calls of this operation take this long. */
  readonly delayMs?: Readonly<Record<string, number>>;
}

export async function openSite(
  server: TestServer,
  { script = "", delayMs = {} }: SiteOptions = {},
): Promise<Site> {
  const counts: Record<string, number> = {};
  const held: string[] = [];
  let faults: Fault[] = [];

  const controls: Record<string, (body: Record<string, unknown>) => unknown> = {
    counts: () => JSON.stringify(counts),
    forget: () => {
      faults = [];
      held.length = 0;
      for (const name of Object.keys(counts)) delete counts[name];
    },
    fail: (fault) => void faults.push(fault as unknown as Fault),
    "expired-token": ({ sessionId }) => expiredAccessToken(server, String(sessionId)),
  };

  const faultOf = (operation: string): Fault | undefined => {
    const fault = faults.find((each) => each.operation === operation);
    if (!fault) return undefined;
    faults = faults.filter((each) => each !== fault);
    if (fault.times > 1) faults.push({ ...fault, times: fault.times - 1 });
    return fault;
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname } = new URL(request.url ?? "/", "http://127.0.0.1");
    const [, folder, name = ""] = pathname.split("/");
    if (folder === "control") {
      const body = JSON.parse(await text(request)) as Record<string, unknown>;
      response.end(await controls[name]?.(body));
      return;
    }
    if (folder !== "trpc") {
      const isScript = folder === "program.js";
      // An origin of its own, like a site that may not store data.
      if (folder === "sandboxed") response.setHeader("content-security-policy", "sandbox allow-scripts");
      response.setHeader("access-control-allow-origin", "*");
      response.setHeader("content-type", isScript ? "text/javascript" : "text/html");
      response.end(
        isScript
          ? script
          : `<!doctype html><title>Site</title><script type="module" src="/program.js"></script>`,
      );
      return;
    }
    counts[name] = (counts[name] ?? 0) + 1;
    switch (faultOf(name)?.how) {
      case "unavailable":
        response.writeHead(503, { "retry-after": "0" }).end();
        return;
      case "cut":
        request.socket.destroy();
        return;
      case "hold":
        held.push(name);
        return;
      case undefined:
        setTimeout(() => pass(server.url, request, response), delayMs[name] ?? 0);
    }
  };

  const site = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
  const { port } = site.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    counts,
    held,
    fail: (fault) => void faults.push(fault),
    forget: () => void controls["forget"]?.({}),
    close: () =>
      new Promise((resolve) => {
        site.close(() => resolve());
        site.closeAllConnections();
      }),
  };
}

function pass(target: string, request: IncomingMessage, response: ServerResponse): void {
  const { method, headers, url } = request;
  const outgoing = forward(target + url, { method, headers }, (incoming) => {
    response.writeHead(incoming.statusCode ?? 502, incoming.headers);
    incoming.pipe(response);
  });
  outgoing.on("error", () => response.destroy());
  request.pipe(outgoing);
}
