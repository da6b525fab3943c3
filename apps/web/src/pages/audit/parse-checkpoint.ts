import type { Checkpoint } from "@projostack/sdk";

/** Reads a saved checkpoint. The server checks its signature. @returns undefined if the text is something else */
export function parseCheckpoint(content: string): Checkpoint | undefined {
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const { text, signature, keyId } = value as Readonly<Record<string, unknown>>;
  if (typeof text !== "string" || typeof signature !== "string" || typeof keyId !== "string")
    return undefined;
  return { text, signature, keyId };
}
