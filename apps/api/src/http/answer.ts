/** An answer to calls: JSON, and the status that all calls share, or 207 where their statuses differ. */
export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** The headers of every answer to a call, equal to those of tRPC's adapter on Fastify. */
export const answerHeaders = {
  "content-type": "application/json; charset=utf-8",
  vary: "trpc-accept, accept",
} as const;
