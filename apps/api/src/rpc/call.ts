import type { Context } from "./context.ts";

/** A call whose caller is not authenticated yet. */
export interface Call {
  readonly ctx: Context;
  /** The operation's name. */
  readonly path: string;
  /** The input as it came, read once. @throws TRPCError when it is no JSON */
  readonly getRawInput: () => Promise<unknown>;
}
