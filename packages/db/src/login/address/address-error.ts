/** The problem of an address. The message does not contain the address; put the name of the setting before it. */
export class PostgresAddressError extends Error {
  override readonly name = "PostgresAddressError";
}

export const ADDRESS_SHAPE = "must be an address such as postgres://user:password@host:5432/projo";
