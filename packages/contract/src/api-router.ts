// The type of the server's tRPC router, for clients. It imports no server code. The server's context and metadata are
// `any`, because clients do not use them.
/* oxlint-disable typescript/no-explicit-any -- see above */
import type { TRPCBuiltRouter, TRPCMutationProcedure, TRPCQueryProcedure } from "@trpc/server";
import type { z } from "zod";
import type { Contract } from "./contract.ts";
import type { Operation } from "./define.ts";
import type { ErrorData } from "./error-data.ts";

/** The `error` object of a failed response. */
export interface ErrorShape {
  message: string;
  /** The JSON-RPC 2.0 error code. */
  code: number;
  data: ErrorData;
}

type Procedure<Op> =
  Op extends Operation<infer K, any, infer I, infer O>
    ? K extends "query"
      ? TRPCQueryProcedure<{ input: z.input<I>; output: z.output<O>; meta: unknown }>
      : TRPCMutationProcedure<{ input: z.input<I>; output: z.output<O>; meta: unknown }>
    : never;

type Procedures<T> = { [K in keyof T]: T[K] extends Operation ? Procedure<T[K]> : Procedures<T[K]> };

export type ApiRouter = TRPCBuiltRouter<
  { ctx: any; meta: any; errorShape: any; transformer: false },
  Procedures<Contract>
>;
