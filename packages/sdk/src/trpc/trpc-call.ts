import type { Operation, OperationResultEnvelope, TRPCClientError } from "@trpc/client";
import type { AppRouter } from "../generated/app-router.ts";
import type { Signal } from "../platform.ts";
import type { CallSettings } from "./call-settings.ts";

/** A call on its way through the link. */
export interface TrpcCall {
  readonly op: Operation;
  /** The input to send. */
  readonly input: unknown;
  readonly settings: CallSettings;
}

/** A result as links pass it on. */
export type Envelope = OperationResultEnvelope<unknown, TRPCClientError<AppRouter>>;

/** Sends a call and waits for its result. Stops when the signal aborts. */
export type Sender = (call: TrpcCall, signal: Signal) => Promise<Envelope>;
