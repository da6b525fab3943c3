/** The parts of an HTTP response that the SDK reads. */
export interface RawResponse {
  readonly status: number;
  readonly isRedirect: boolean;
  readonly contentType: string | null;
  /** The raw Location header. */
  readonly location: string | null;
  /** The origin of the proxy through which the response came, if it is known. */
  readonly proxy: string | undefined;
  readonly requestId: string | undefined;
  /** The raw Retry-After header. */
  readonly retryAfter: string | null;
  readonly text: string;
}
