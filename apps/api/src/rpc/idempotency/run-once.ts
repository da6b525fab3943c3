import type { Operation } from "@projostack/contract";
import type { Call } from "../call.ts";
import { keyOwnerOf } from "../caller.ts";
import { authenticate } from "../checks/authenticate.ts";
import { checkInputStructure } from "../checks/check-input-structure.ts";
import { keyOf } from "./idempotency-key.ts";
import { Once, type OnceOptions } from "./once.ts";

/** Runs a call, or returns the answer of an earlier call with the same idempotency key. */
export function runOnce(
  call: Call,
  { usesKey, ...options }: Omit<OnceOptions, "path" | "key"> & { readonly usesKey?: boolean },
  run: (once: Once | null) => Promise<unknown>,
): Promise<unknown> {
  const { kind, repetition } = options.operation;
  const isReplayed = repetition === "replayed";
  const key =
    kind === "mutation" && (usesKey ?? isReplayed)
      ? keyOf(call.ctx.idempotencyKey, call.batchIndex ?? 0)
      : null;
  if (!key) return run(null);
  const once = new Once(call.ctx, { ...options, path: call.path, key });
  return isReplayed ? once.run(() => run(once)) : run(once);
}

/** Runs a call that ends the caller's access: a repeated call finds its answer before the check of the access. */
export async function runBeforeAccess(
  call: Call,
  operation: Operation,
  enter: (once: Once | null) => Promise<unknown>,
): Promise<unknown> {
  const caller = await authenticate(call.ctx);
  const current = caller.kind === "person" ? caller.session.currentWorkspaceId : caller.key.workspaceId;
  const workspaceId = call.ctx.workspaceId ?? current;
  const input = await call.getRawInput();
  checkInputStructure(input);
  const owner = { workspaceId, actor: keyOwnerOf(caller), isOutside: true };
  return runOnce(call, { operation, owner, input }, enter);
}
