import type { Context } from "./context.ts";

/** A call whose caller is not authenticated yet. */
export interface Call {
  readonly ctx: Context;
  /** The operation's name. */
  readonly path: string;
  /** The position of the call in its batch, from 0. Absent for a call that is not part of a request. */
  readonly batchIndex?: number;
  /** The unparsed input. The request body is read once. @throws TRPCError when the input is not JSON */
  readonly getRawInput: () => Promise<unknown>;
}
