// Calls operations from code in the server's process: the same procedures as over HTTP, with the same checks and audit
// entries, but without HTTP. A call needs a token like any other call.
import { RequestRecord } from "./observe/request-record.ts";
import { parseAddress, type Address } from "./runtime/address.ts";
import { appRouter } from "./router.ts";
import { createContext } from "./rpc/context.ts";
import { createCallerFactory } from "./rpc/procedures.ts";
import type { Services } from "./rpc/services.ts";

const callerOn = createCallerFactory(appRouter);

/** The operations as functions: `operations.tasks.create({ ... })`. */
export type Operations = ReturnType<typeof callerOn>;

/** The device of the user for whom this process makes a call. */
export interface ServedDevice {
  /** An IPv4 or IPv6 address. */
  readonly ip: string;
  readonly userAgent?: string;
}

/** The credentials and the origin of calls. */
export interface CallerCredentials {
  /** A user's access token or a service key's token. Without one, only public operations can be called. */
  readonly token?: string;
  /** The workspace of the calls, as in the header `x-workspace-id`. */
  readonly workspaceId?: string;
  /** The request id in the log and in audit entries. By default each call gets a new id. */
  readonly requestId?: string;
  /** The device of the user's request. Rate limits count its address, and audit entries contain it. */
  readonly device?: ServedDevice;
  /** Aborted when the result is no longer needed. */
  readonly signal?: AbortSignal;
}

/**
 * Creates the operations for the holder of a token. Each call is authenticated and authorized separately. A refused call
 * throws a Failure with one of the contract's reasons.
 * @throws TypeError when the device's `ip` is not an address
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
      // There are no response headers. A Failure contains the time to wait.
      setRetryAfter: () => {},
      setRateLimit: () => {},
      // These calls have no line in the access log.
      record: new RequestRecord(),
    });
  });
}

/** The device of calls that are not made for a remote user. */
const THIS_MACHINE: ServedDevice = { ip: "127.0.0.1" };

function addressOf({ ip }: ServedDevice): Address {
  const address = parseAddress(ip);
  if (!address)
    throw new TypeError(`A device's ip must be an IPv4 or IPv6 address, not ${JSON.stringify(ip)}.`);
  return address;
}
