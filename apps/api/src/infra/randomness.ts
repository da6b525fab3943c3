import { randomBytes } from "node:crypto";
import { v7 } from "uuid";

export interface Randomness {
  /** A new id: a UUIDv7 (RFC 9562), later than every id made here before it. */
  newId(): string;
  bytes(count: number): Buffer;
}

export const systemRandomness: Randomness = { newId: () => v7(), bytes: (count) => randomBytes(count) };
