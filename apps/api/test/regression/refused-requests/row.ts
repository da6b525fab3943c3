// One row of the table of refused requests: the bytes, and the refusal that the server answers.
import type { Reason } from "@projostack/contract";
import { requestText, type RawRequest } from "../raw-requests.ts";

/** Headers of a user with a workspace. */
export interface CallerHeaders {
  readonly bearer: string;
  readonly workspaceHeader: string;
}

export interface Refusal {
  readonly reason: Reason;
  readonly message: string;
  /** Whether the server closes the connection. */
  readonly closes?: boolean;
  readonly allow?: string;
}

export type Row = readonly [
  title: string,
  request: (caller: CallerHeaders) => string | Buffer | RawRequest,
  expected: Refusal,
];

export const get = (path: string, headers: readonly string[] = []): string =>
  requestText("GET", path, headers);
