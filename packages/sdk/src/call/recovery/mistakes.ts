// The explanations of mistakes in a call's arguments. Only a program in JavaScript, or one with a wrong cast, needs them, so
// they are loaded then.
import { closeNames } from "./close-names.ts";

/** The arguments of a call, and what the client knows about its options. */
export interface Arguments {
  readonly operation: string;
  readonly input: unknown;
  readonly isValidInput: boolean;
  readonly options: unknown;
  readonly optionNames: readonly string[];
  readonly similarOption: (name: string) => string | undefined;
}

/** Returns the error for a wrong argument, or undefined when the call can use all. The message contains no value. */
export function findMistake(given: Arguments): TypeError | undefined {
  const message = wrongOptions(given) ?? (given.isValidInput ? undefined : wrongInput(given));
  return message === undefined ? undefined : new TypeError(message);
}

function wrongOptions(given: Arguments): string | undefined {
  const { options, optionNames } = given;
  if (typeof options !== "object" || options === null) {
    return `The options of a call are an object such as { timeoutMs: 5000 }. They cannot be a ${typeof options}.`;
  }
  for (const name of Object.keys(options).filter((other) => !optionNames.includes(other))) {
    const similar = given.similarOption(name) ?? closeNames(name, optionNames)[0];
    // An object of another library may have fields that are no options.
    if (similar !== undefined) return `There is no option ${JSON.stringify(name)}. Did you mean ${similar}?`;
  }
  if (!("signal" in options) || options.signal === undefined || hasListeners(options.signal))
    return undefined;
  return "signal must be an AbortSignal. Pass { signal: controller.signal } of an AbortController.";
}

function hasListeners(signal: unknown): boolean {
  return typeof signal === "object" && signal !== null && "addEventListener" in signal;
}

function wrongInput({ operation, input }: Arguments): string {
  if (typeof input !== "object" || input === null || Array.isArray(input)) {
    const got = input === null ? "null" : Array.isArray(input) ? "an array" : `a ${typeof input}`;
    return `${operation} takes an object as its input, such as { id: "..." }. It received ${got}.`;
  }
  const wrong = findWrong(input, new Set(), "");
  if (wrong === undefined || wrong.kind === "circular") {
    return `The input of ${operation} contains itself. Pass an object that JSON can represent.`;
  }
  const place = wrong.path === "" ? "The" : `The field ${JSON.stringify(wrong.path)} in the`;
  return `${place} input of ${operation} is ${wrong.kind}. Pass a value that JSON can represent, such as a string, a finite number or a plain object.`;
}

interface Wrong {
  readonly path: string;
  readonly kind: string;
}

/** Finds the innermost value that JSON cannot represent. */
function findWrong(value: unknown, parents: ReadonlySet<unknown>, path: string): Wrong | undefined {
  if (parents.has(value)) return { path, kind: "circular" };
  if (typeof value === "object" && value !== null && !("toJSON" in value)) {
    const isPlain = Array.isArray(value) || Object.prototype.toString.call(value) === "[object Object]";
    if (!isPlain) return { path, kind: kindOf(value) };
    for (const [name, item] of Object.entries(value)) {
      const itemPath = path === "" ? name : `${path}.${name}`;
      if (item === undefined && Array.isArray(value)) return { path: itemPath, kind: "undefined" };
      const wrong = findWrong(item, new Set([...parents, value]), itemPath);
      if (wrong !== undefined) return wrong;
    }
    return undefined;
  }
  const isWrong =
    (typeof value === "number" && !Number.isFinite(value)) ||
    (value instanceof Date && Number.isNaN(value.getTime())) ||
    ["function", "symbol", "bigint"].includes(typeof value);
  return isWrong ? { path, kind: kindOf(value) } : undefined;
}

function kindOf(value: unknown): string {
  if (typeof value === "number") return String(value);
  if (value instanceof Date) return "an invalid Date";
  return `a ${typeof value === "object" ? Object.prototype.toString.call(value).slice(8, -1) : typeof value}`;
}
