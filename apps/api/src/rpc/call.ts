import type { Context } from "./context.ts";

/** A call whose caller is not authenticated yet. */
export interface Call {
  readonly ctx: Context;
  /** The operation's name. */
  readonly path: string;
  /** The unparsed input. The request body is read once. @throws TRPCError when the input is not JSON */
  readonly getRawInput: () => Promise<unknown>;
}
