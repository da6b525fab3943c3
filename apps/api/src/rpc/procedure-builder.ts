// How an operation's call runs: its layer, then its function, then the check of what it answers. tRPC's own middlewares copy
// the whole call at each step, which cost more than the database did; here a call is one procedure of tRPC's, and its steps
// are plain functions.
//
// The casts tie tRPC's builder, which widens, to the operation's own types, which do not; and its resolvers' types leave out
// the raw input, which they are given.
import { commonReasons, impliedReasons, type Kind, type Operation, type Reason } from "@projostack/contract";
import { initTRPC, type TRPCMutationProcedure, type TRPCQueryProcedure } from "@trpc/server";
import type { z } from "zod";
import { withinDeadline } from "./checks/call-deadline.ts";
import { checkAdmission } from "./checks/check-admission.ts";
import type { Call } from "./call.ts";
import type { Context } from "./context.ts";
import { errorShape } from "./error-shape.ts";
import { asFailure, Failure, invalidInput } from "./failure.ts";
import { logSecurityEvent } from "./checks/security-events.ts";

const t = initTRPC
  .context<Context>()
  .meta<{ operation: Operation }>()
  .create({ errorFormatter: ({ error, ctx }) => errorShape(asFailure(error), ctx?.requestId ?? "") });

export const router = t.router;
export const createCallerFactory = t.createCallerFactory;

/** Lets the call go on: checks its input, runs the operation's function, and checks what it answers. */
export type Proceed<Ctx> = (ctx: Ctx, rawInput: unknown) => Promise<unknown>;

/** Decides whether a call goes on, and with what. */
export type Layer<Ctx> = (call: Call, proceed: Proceed<Ctx>) => Promise<unknown>;

type Resolver<Ctx, I extends z.ZodType, O extends z.ZodType> = (call: {
  readonly ctx: Ctx;
  readonly input: z.output<I>;
}) => z.input<O> | Promise<z.input<O>>;

export interface Shape<I extends z.ZodType, O extends z.ZodType> {
  input: z.input<I>;
  output: z.output<O>;
  meta: unknown;
}

/** An operation in its layer, which its function completes. */
export type ProcedureBuilder<
  K extends Kind,
  Ctx,
  I extends z.ZodType,
  O extends z.ZodType,
> = K extends "query"
  ? { query(resolve: Resolver<Ctx, I, O>): TRPCQueryProcedure<Shape<I, O>> }
  : { mutation(resolve: Resolver<Ctx, I, O>): TRPCMutationProcedure<Shape<I, O>> };

export function buildProcedure<K extends Kind, Ctx, I extends z.ZodType, O extends z.ZodType>(
  operation: Operation<K, Operation["access"], I, O>,
  layer: Layer<Ctx>,
): ProcedureBuilder<K, Ctx, I, O> {
  const running = (resolve: Resolver<Ctx, I, O>) => {
    const proceed: Proceed<Ctx> = async (ctx, rawInput) => {
      const input = operation.input.safeParse(rawInput);
      if (!input.success) throw invalidInput(input.error);
      // What is not declared does not leave, and what does not fit is a bug.
      return operation.output.parse(await resolve({ ctx, input: input.data }));
    };
    return async (call: Call) => {
      try {
        await checkAdmission(call, operation);
        return await withinDeadline(layer(call, proceed));
      } catch (error) {
        throw toDeclaredFailure(call, operation, error);
      }
    };
  };
  const builder = t.procedure.meta({ operation });
  const procedureOf = (kind: Kind) => (resolve: Resolver<Ctx, I, O>) => {
    const run = running(resolve);
    const procedure = builder[kind]((given: unknown) => run(given as Call));
    runners.set(procedure, run);
    return procedure;
  };
  return { query: procedureOf("query"), mutation: procedureOf("mutation") } as unknown as ProcedureBuilder<
    K,
    Ctx,
    I,
    O
  >;
}

/** Runs a call: what tRPC's procedure does with it, without what tRPC does around that. @throws Failure */
export type Runner = (call: Call) => Promise<unknown>;

const runners = new WeakMap<object, Runner>();

/** How an operation of a router is run, by its name. @throws RangeError when there is none */
export function findRunner(anyRouter: object, name: string): Runner {
  const { _def } = anyRouter as { _def: { procedures: Record<string, object> } };
  const run = runners.get(_def.procedures[name] ?? {});
  if (!run) throw new RangeError(`The router has no operation ${name}.`);
  return run;
}

/** Whatever goes wrong leaves as a reason that the operation declares; the rest is a bug, and is logged as one. */
function toDeclaredFailure({ ctx, path }: Call, operation: Operation, error: unknown): Failure {
  const failure = declared(asFailure(error), operation);
  if (failure.reason === "server.internal") ctx.log.error({ err: failure.cause, operation: path }, "a bug");
  logSecurityEvent(ctx, path, failure.reason);
  if (failure.code === "SERVICE_UNAVAILABLE") {
    const { requestId, services } = ctx;
    services.refusals.note({ requestId, operation: path, reason: failure.reason, cause: failure.cause });
  }
  if (failure.retryAfterSeconds !== undefined) ctx.setRetryAfter(failure.retryAfterSeconds);
  return failure;
}

function declared(failure: Failure, operation: Operation): Failure {
  const allowed: readonly Reason[] = [
    ...commonReasons,
    ...operation.errors,
    ...impliedReasons(operation.access),
  ];
  if (allowed.includes(failure.reason)) return failure;
  const cause = new Error(`The operation does not declare the reason ${failure.reason}.`, { cause: failure });
  return new Failure("server.internal", { cause });
}
