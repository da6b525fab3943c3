import type { GatePlace } from "../../identity/passwords/argon2-gate.ts";
import { widestNetworkOf } from "../../limits/limiter/network-of.ts";
import type { Context } from "../context.ts";

/** The caller's place in the queue for password hashing. */
export const gatePlaceOf = ({ signal, device, isKnown }: Context): GatePlace => ({
  signal,
  isKnown,
  network: widestNetworkOf(device.ip ?? ""),
});

/** The same for a caller who has proved their identity by a session or a mailed link. */
export const authenticatedGatePlaceOf = (ctx: Context): GatePlace => ({ ...gatePlaceOf(ctx), isKnown: true });
