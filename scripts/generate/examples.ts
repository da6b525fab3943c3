// The example of an operation as a call of the SDK in TypeScript, and the answer to it.
import { pageItem, plain, type DescribedOperation } from "@projostack/contract";

/** The name of the constant that holds the answer: `page` for a list, and `answer` otherwise. */
export function exampleCall(operation: DescribedOperation): string {
  const { name, output, example } = operation;
  const input = isEmpty(example.input) ? "" : literal(example.input);
  const call = `await client.${name}(${input});`;
  if (isEmpty(example.output)) return call;
  return `const ${pageItem(output) === undefined ? "answer" : "page"} = ${call}`;
}

/** The answer as an object of TypeScript, in lines. Null if the operation returns nothing. */
export function exampleAnswer({ example }: DescribedOperation): string | null {
  return isEmpty(example.output) ? null : literal(example.output);
}

/** The lines of the tag `@example`. */
export function exampleTag(operation: DescribedOperation): string[] {
  const answer = exampleAnswer(operation);
  const lines = answer === null ? [] : answer.split("\n").map((line) => `// ${line}`);
  return ["@example", "```ts", ...exampleCall(operation).split("\n"), ...lines, "```"];
}

const isEmpty = (value: unknown): boolean => Object.keys(plain(value)).length === 0;

const LINE_LENGTH = 80;

/** Prints a value as TypeScript: on one line if it is short, otherwise with a line for each field or item. */
function literal(value: unknown, indent = ""): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const [open, close] = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
  const inner = `${indent}  `;
  const parts = (depth: string): string[] =>
    Array.isArray(value)
      ? value.map((item) => literal(item, depth))
      : Object.entries(value).map(([key, item]: [string, unknown]) => `${key}: ${literal(item, depth)}`);
  const space = Array.isArray(value) ? "" : " ";
  const short = parts(indent);
  const line = `${open}${space}${short.join(", ")}${space}${close}`;
  if (short.length === 0) return `${open}${close}`;
  if (line.length + indent.length <= LINE_LENGTH && !line.includes("\n")) return line;
  return `${open}\n${parts(inner)
    .map((part) => `${inner}${part},\n`)
    .join("")}${indent}${close}`;
}
