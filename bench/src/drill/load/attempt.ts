/** One HTTP request of a client, as the client sees it. */
export interface Attempt {
  /** A time of `performance.now()`. */
  readonly sentAt: number;
  readonly endedAt: number;
  /** The HTTP status, or 0 if the connection ended without a response. */
  readonly status: number;
  readonly hasRetryAfter: boolean;
  readonly path: string;
}

/** The service is at fault: no response, or a status from 500. */
export const isFailure = ({ status }: Attempt): boolean => status === 0 || status >= 500;

export const isRefusal = ({ status }: Attempt): boolean => status === 503;
