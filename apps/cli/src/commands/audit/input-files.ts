// Reads the checkpoint and key files of `projo audit verify`.
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { parseObject } from "../../audit/json.ts";
import {
  type Checkpoint,
  parseCheckpoint,
  type FindKey,
  parseKeys,
  pointOf,
} from "../../audit/checkpoint.ts";
import { usageError } from "../../cli-error.ts";
import type { Io } from "../../io.ts";

export interface SavedCheckpoint {
  /** The file's name. */
  readonly name: string;
  readonly checkpoint: Checkpoint;
  readonly seq: number;
}

export const readCheckpoints = (io: Io, names: readonly string[]): Promise<SavedCheckpoint[]> =>
  Promise.all(
    names.map(async (name) => {
      const checkpoint = parseCheckpoint(parseObject(await contentOf(io, name)));
      const point = checkpoint && pointOf(checkpoint);
      if (point) return { name, checkpoint, seq: point.seq };
      throw usageError(`${name} is not a checkpoint. Create one: projo audit checkpoint --out FILE`);
    }),
  );

export async function readKeys(io: Io, name: string): Promise<FindKey> {
  const findKey = parseKeys(await contentOf(io, name));
  if (findKey) return findKey;
  throw usageError(
    `${name} contains no Ed25519 public key. Get the server's: curl -o keys.json URL/.well-known/projo-audit-keys.json`,
  );
}

async function contentOf({ workingDirectory }: Io, name: string): Promise<string> {
  try {
    return await readFile(resolve(workingDirectory, name), "utf8");
  } catch {
    throw usageError(`The file ${name} does not exist or cannot be read. Check the path.`);
  }
}
