import { Agent, request } from "node:http";

/** A request in the form in which it is sent. No client checks it. */
export interface Sent {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | undefined;
}

export interface Heard {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly text: string;
}

const agent = new Agent({ keepAlive: true });

export function exchange(url: string, { method, path, headers, body }: Sent): Promise<Heard> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const outgoing = request({ agent, hostname, port, method, path, headers }, (incoming) => {
      const parts: Buffer[] = [];
      incoming.on("data", (part: Buffer) => parts.push(part));
      incoming.on("error", reject);
      incoming.on("end", () => {
        const { statusCode = 0, rawHeaders } = incoming;
        const names = rawHeaders.filter((_, at) => at % 2 === 0);
        resolve({
          status: statusCode,
          headers: names.map((name, at) => [name.toLowerCase(), rawHeaders[at * 2 + 1] ?? ""]),
          text: Buffer.concat(parts).toString(),
        });
      });
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}
