import { foldText } from "@projostack/sdk";
import type { Named } from "./named.ts";

/**
 * Returns the objects whose name equals this one, as docs/text.md defines it. If some have exactly this name, returns only those: a
 * workspace can contain both "web" and "Web".
 */
export function withName<T extends Named>(objects: readonly T[], name: string): T[] {
  const folded = foldText(name);
  const equal = objects.filter((one) => foldText(one.name) === folded);
  const exact = equal.filter((one) => one.name.normalize("NFC") === name.trim().normalize("NFC"));
  return exact.length > 0 ? exact : equal;
}
