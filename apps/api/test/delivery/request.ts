import { Agent, request, type IncomingHttpHeaders } from "node:http";

export interface Received {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly text: string;
}

type Headers = Readonly<Record<string, string>>;

const agent = new Agent({ keepAlive: true });

/** Sends a request with this exact path. No client normalizes it or decodes the answer. */
export function ask(url: string, path: string, headers: Headers = {}, method = "GET"): Promise<Received> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const outgoing = request({ agent, hostname, port, path, headers, method }, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("error", reject);
      response.on("end", () => {
        const body = Buffer.concat(parts);
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body,
          text: body.toString(),
        });
      });
    });
    outgoing.on("error", reject);
    outgoing.end();
  });
}

/** The headers with which a browser opens a page. */
export const navigation = {
  accept: "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
  "sec-fetch-mode": "navigate",
  "sec-fetch-dest": "document",
} as const;
