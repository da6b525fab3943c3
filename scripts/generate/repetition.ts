// The list of the mutations that run again with the same idempotency key, in docs/idempotency.md.
import { operations } from "@projostack/contract";
import type { Sections } from "./sections.ts";

export function generateRepetition(): Record<string, Sections> {
  return { "docs/idempotency.md": { repetition: table() } };
}

function table(): string {
  const rows = operations.flatMap(({ name, operation: { kind, repetition } }) =>
    kind === "mutation" && repetition !== "replayed" ? [`| \`${name}\` | ${repetition.again} |`] : [],
  );
  return ["| operation | reason |", "| --- | --- |", ...rows].join("\n");
}
