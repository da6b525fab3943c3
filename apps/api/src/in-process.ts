// Calls from code within the server's own process: the same procedures as over HTTP, with the same checks and records,
// and no wire between. A token is needed as anywhere: nobody is let in for being near.
import { parseAddress, type Address } from "./runtime/address.ts";
import { appRouter } from "./router.ts";
import { createContext } from "./rpc/context.ts";
import { createCallerFactory } from "./rpc/procedures.ts";
import type { Services } from "./rpc/services.ts";

const callerOn = createCallerFactory(appRouter);

/** The operations as functions: `operations.tasks.create({ ... })`. */
export type Operations = ReturnType<typeof callerOn>;

/** The device of somebody whom this process serves. */
export interface ServedDevice {
  /** An IPv4 or IPv6 address. */
  readonly ip: string;
  readonly userAgent?: string;
}

/** On whose behalf calls are made. */
export interface CallerCredentials {
  /** A person's access token or a service key's token. Without one only what is public can be called. */
  readonly token?: string;
  /** As in `x-workspace-id`. */
  readonly workspaceId?: string;
  /** Goes on record with each call, and into the log. Else each call has an id of its own. */
  readonly requestId?: string;
  /** Whose request it is that these calls are made for: limits count by it, and it goes on record. */
  readonly device?: ServedDevice;
  /** Aborted when nobody waits for an answer any more. */
  readonly signal?: AbortSignal;
}

/**
 * Gives the operations as they are for who holds the token. Who that is and what they may is asked anew for each call.
 * A call that is refused throws a Failure, whose `reason` is one of the contract's.
 * @throws TypeError when the device's `ip` is no address
 */
export function callerAs(services: Services, behalf: CallerCredentials): Operations {
  const { token, workspaceId, device = THIS_MACHINE, signal = new AbortController().signal } = behalf;
  const ip = addressOf(device);
  return callerOn(() => {
    const requestId = behalf.requestId ?? services.randomness.newRequestId();
    return createContext(services, {
      requestId,
      ip,
      userAgent: device.userAgent,
      log: services.log.child({ requestId }),
      authorization: token === undefined ? undefined : `Bearer ${token}`,
      workspaceId,
      signal,
      // There are no headers to set: a Failure itself says how long to wait.
      setRetryAfter: () => {},
      setRateLimit: () => {},
      // No line of the access log is written for these calls.
      noteActor: () => {},
    });
  });
}

/** Of calls that are made for nobody outside of this process. */
const THIS_MACHINE: ServedDevice = { ip: "127.0.0.1" };

function addressOf({ ip }: ServedDevice): Address {
  const address = parseAddress(ip);
  if (!address) throw new TypeError(`A device's ip is an IPv4 or IPv6 address, not ${JSON.stringify(ip)}.`);
  return address;
}
