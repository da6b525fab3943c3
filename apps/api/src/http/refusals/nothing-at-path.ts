// Describes a request whose path leads nowhere: a path without /trpc, with /trpc twice, or with a slash at its end.
import { operations } from "@projostack/contract";
import { Failure, unknownOperation } from "../../rpc/failures/failure.ts";

const names: ReadonlySet<string> = new Set(operations.map(({ name }) => name));

/** The longest path that is examined. */
const MAX_LENGTH = 500;

export function nothingAtPath(url: string): Failure {
  const [path = ""] = url.slice(0, MAX_LENGTH).split(/[?#]/, 1);
  const segments = path.split("/").filter((segment) => segment !== "");
  const last = segments.at(-1) ?? "";
  if (names.has(last)) return Failure.because("operation.not_found", "path", { name: last });
  // The path has the right form, so its name is wrong.
  if (segments[0] === "trpc" && segments.length === 2) return unknownOperation(last);
  return Failure.because("operation.not_found", "no_path", {});
}
