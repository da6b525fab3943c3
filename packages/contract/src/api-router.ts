// What a client must know of the server's router, and nothing of the server. `any` stands where a client has
// no say: the server's context and metadata.
/* oxlint-disable typescript/no-explicit-any -- see above */
import type { TRPCBuiltRouter, TRPCMutationProcedure, TRPCQueryProcedure } from "@trpc/server";
import type { z } from "zod";
import type { Contract } from "./contract.ts";
import type { Operation } from "./define.ts";
import type { ErrorData } from "./errors.ts";

/** The `error` of a failed answer. */
export interface ErrorShape {
  message: string;
  /** The number of the JSON-RPC 2.0 error. */
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
