import { randomBytes, randomUUID } from "node:crypto";
import { v7 } from "uuid";

export interface Randomness {
  /** A new id: a UUIDv7 (RFC 9562), later than every id made here before it. */
  newId(): string;
  /** A new id for a request: a UUIDv4, of random bytes that were drawn beforehand. */
  newRequestId(): string;
  bytes(count: number): Buffer;
}

export const systemRandomness: Randomness = {
  newId: () => v7(),
  newRequestId: () => randomUUID(),
  bytes: (count) => randomBytes(count),
};
