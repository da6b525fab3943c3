// The built application and the API of a server on one origin, with a strict Content-Security-Policy.
import { readFile } from "node:fs/promises";
import { createServer, request as forward, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";

const contentTypes: Readonly<Record<string, string>> = {
  ".css": "text/css",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".svg": "image/svg+xml",
};

const CONTENT_SECURITY_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

export interface Site {
  readonly url: string;
  /** Passes the calls of pages on to this server. */
  serve(serverUrl: string): void;
  close(): Promise<void>;
}

/** Opens the site before its server exists, because the server needs the address of the site for the links in mails. */
export async function openSite(folder: string): Promise<Site> {
  let target: string | undefined;
  const site = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://127.0.0.1");
    if (target !== undefined && pathname.startsWith("/trpc/")) pass(target, request, response);
    else sendFile(folder, pathname, response).catch((error: unknown) => response.destroy(error as Error));
  });
  await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
  const { port } = site.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    serve: (serverUrl) => {
      target = serverUrl;
    },
    close: () =>
      new Promise((resolve) => {
        site.close(() => resolve());
        site.closeAllConnections();
      }),
  };
}

/** Sends the file of the path, and index.html for every path that is no file. */
async function sendFile(folder: string, pathname: string, response: ServerResponse): Promise<void> {
  const name = extname(pathname) === "" ? "index.html" : normalize(decodeURIComponent(pathname));
  const content = await readFile(join(folder, name)).catch(() => undefined);
  response.setHeader("content-security-policy", CONTENT_SECURITY_POLICY);
  if (content === undefined) response.writeHead(404).end();
  else
    response
      .setHeader("content-type", contentTypes[extname(name)] ?? "application/octet-stream")
      .end(content);
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
