// Reads the lines of a streamed batch of tRPC 11. The first line is the head: an object with a reference for each call. Every
// other line gives the value of one reference, and the value may contain further references.
import { z } from "zod";

const definitionSchema = z.tuple([z.union([z.string(), z.null()]), z.literal(0), z.number()]);
const valueSchema = z.tuple([z.array(z.unknown()).max(1)], definitionSchema);
const headSchema = z.record(z.string(), valueSchema);
const lineSchema = z.tuple([z.number(), z.literal(0), valueSchema]);

type Value = z.infer<typeof valueSchema>;

/**
 * Returns the answers of the calls, in the order of the batch, as a batch without a stream has them.
 * @throws Error when the text is not a complete stream
 */
export function readStream(text: string): unknown[] {
  const [head = "", ...rest] = text.split("\n");
  if (rest.pop() !== "") throw new Error("The last line is incomplete.");
  const values = new Map<number, Value>();
  for (const line of rest) {
    const [id, , value] = lineSchema.parse(JSON.parse(line));
    if (values.has(id)) throw new Error(`Two lines have the reference ${id}.`);
    values.set(id, value);
  }
  const read = ([[data], ...references]: Value): unknown => {
    for (const [key, , id] of references) {
      const value = values.get(id);
      if (!value) throw new Error(`No line has the reference ${id}.`);
      const resolved = read(value);
      if (key === null) return resolved;
      (data as Record<string, unknown>)[key] = resolved;
    }
    return data;
  };
  return Object.values(headSchema.parse(JSON.parse(head))).map(read);
}
