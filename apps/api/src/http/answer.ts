/** A response to one or more calls: JSON text, and the status that all calls share, or 207 when their statuses differ. */
export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** The headers of every response to a call. They equal the headers of tRPC's Fastify adapter. */
export const answerHeaders = {
  "content-type": "application/json; charset=utf-8",
  vary: "trpc-accept, accept",
} as const;
