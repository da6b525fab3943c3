import { randomBytes, randomUUID } from "node:crypto";
import { v7 } from "uuid";

export interface Randomness {
  /** A new UUIDv7 (RFC 9562) that sorts after every id created in this process before. */
  newId(): string;
  /** A new UUIDv4 for a request. Node draws its random bytes in advance, which makes it fast. */
  newRequestId(): string;
  bytes(count: number): Buffer;
}

export const systemRandomness: Randomness = {
  newId: () => v7(),
  newRequestId: () => randomUUID(),
  bytes: (count) => randomBytes(count),
};
