// The name that the user probably means.
import { editDistance } from "../usage/edit-distance.ts";

/** Returns the address with this local part, else the name of the most similar spelling, else the only one that begins so. */
export function similarName(typed: string, names: readonly string[]): string | undefined {
  const text = typed.trim().toLowerCase();
  if (text === "" || text.length > MAX_LENGTH) return undefined;
  const begins = (start: string) => names.filter((name) => name.toLowerCase().startsWith(start));
  const [address] = begins(`${text}@`);
  const near = address ?? nearest(text, names);
  if (near !== undefined || text.length < MIN_LENGTH) return near;
  const longer = begins(text);
  return longer.length === 1 ? longer[0] : undefined;
}

/** A shorter text begins too many names. */
const MIN_LENGTH = 3;
const MAX_LENGTH = 100;

/** The domain of an address makes it long, but not more similar. */
function nearest(text: string, names: readonly string[]): string | undefined {
  const [own = ""] = text.split("@");
  const allowed = Math.min(3, Math.max(1, Math.floor(own.length / 3)));
  const close = names
    .filter((name) => Math.abs(name.length - text.length) <= allowed)
    .map((name) => ({ name, distance: editDistance(text, name.toLowerCase()) }))
    .filter(({ distance }) => distance <= allowed)
    .toSorted((a, b) => a.distance - b.distance);
  return close[0]?.name;
}
