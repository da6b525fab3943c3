import type { Fetch, FetchedResponse } from "@projostack/sdk";
import { Agent as HttpAgent, request as requestOverHttp, type IncomingMessage } from "node:http";
import { Agent as HttpsAgent, request as requestOverHttps } from "node:https";
import { buffer } from "node:stream/consumers";
import type { Attempt } from "./attempt.ts";

export interface Service {
  readonly url: string;
  /** The certificate to trust, if the address begins with https. */
  readonly certificate: string | undefined;
}

/** A `fetch` with connections that stay open. */
export function serviceFetch({ url, certificate }: Service): Fetch {
  const isSecure = url.startsWith("https:");
  const agent = isSecure
    ? new HttpsAgent({ keepAlive: true, ...(certificate && { ca: certificate }) })
    : new HttpAgent({ keepAlive: true });
  const request = isSecure ? requestOverHttps : requestOverHttp;
  return async (address, { method, headers, body, signal }) => {
    const sent = request(address, { method, headers, agent, signal: signalOf(signal) });
    const answer = new Promise<IncomingMessage>((resolve, reject) => {
      sent.once("response", resolve).once("error", reject);
    });
    sent.end(body);
    return responseOf(await answer);
  };
}

/** The drill runs on Node.js, whose signals are those of the platform. */
const signalOf = (signal: unknown): AbortSignal | undefined =>
  signal instanceof AbortSignal ? signal : undefined;

async function responseOf(answer: IncomingMessage): Promise<FetchedResponse> {
  const text = (await buffer(answer)).toString();
  const { statusCode = 0, headers } = answer;
  return {
    status: statusCode,
    headers: {
      get: (name) => {
        const value = headers[name.toLowerCase()];
        return Array.isArray(value) ? value.join(", ") : (value ?? null);
      },
    },
    text: () => Promise.resolve(text),
  };
}

/** Records each request, until its whole response has arrived. */
export const watchedFetch =
  (fetch: Fetch, record: (attempt: Attempt) => void): Fetch =>
  async (url, init) => {
    const sentAt = performance.now();
    const path = new URL(url).pathname;
    const end = (status: number, hasRetryAfter: boolean) =>
      record({ sentAt, endedAt: performance.now(), status, hasRetryAfter, path });
    try {
      const response = await fetch(url, init);
      end(response.status, response.headers.get("retry-after") !== null);
      return response;
    } catch (error) {
      end(0, false);
      throw error;
    }
  };
