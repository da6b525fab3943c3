// Finds the messages of the errors that a package creates, in its source code: `new CliError(...)`, `new TypeError(...)`, and the
// functions that create such errors. So the reference lists the messages of the SDK and of the CLI as their code declares them.
import { posix } from "node:path";
import { explainedIn } from "./explaining-functions.ts";
import { hasWords, textsOf } from "./message-texts.ts";
import { constantsIn, nodesOf, parse, type Node, type SourceFile } from "./syntax.ts";

export type { SourceFile } from "./syntax.ts";

export interface FoundMessage {
  /** The text. `{name}` stands for a value. */
  readonly message: string;
  /** The class of the error, or the function that creates it. */
  readonly creator: string;
  /** The literal texts among the other arguments: the reason or the code. */
  readonly reason: string | undefined;
  readonly exitCode: number | undefined;
  readonly path: string;
}

export interface Scan {
  readonly messages: readonly FoundMessage[];
  /** The number of places that create an error. */
  readonly places: number;
}

/** A function that creates an error from its first argument, with its reason and exit code. */
const USAGE = { reason: "cli.usage", exitCode: 2 };
const creators: Readonly<Record<string, { reason: string; exitCode: number }>> = {
  usageError: USAGE,
  interrupted: { reason: "cli.interrupted", exitCode: 130 },
};

/** A property that holds the message of a usage error. */
const PASSED_PROPERTY = "nonInteractiveHint";

/** Scans the files of one package. */
export function scanSource(files: readonly SourceFile[]): Scan {
  const parsed = files.map(({ path, text }) => ({ path, nodes: [...nodesOf(parse(path, text))] }));
  const shared = new Map(
    parsed.flatMap(({ nodes }) => [...constantsIn(nodes)].filter(([name]) => /^[A-Z][A-Z_]+$/.test(name))),
  );
  const messages: FoundMessage[] = [];
  let places = 0;
  for (const { path, nodes } of parsed) {
    const constants = new Map([...shared, ...constantsIn(nodes)]);
    const classes = classesIn(nodes);
    for (const node of nodes) {
      const found = creationIn(node) ?? superCallIn(node, classes);
      if (found) {
        places += 1;
        const { text, ...rest } = found;
        for (const message of textsOf(text, constants))
          if (hasWords(message)) messages.push({ message, path, ...rest });
      }
    }
    const creator = creatorOf(path, nodes, parsed);
    for (const message of explainedIn(nodes, constants))
      messages.push({ message, path, creator, reason: undefined, exitCode: undefined });
  }
  return { messages, places };
}
type Creation = Omit<FoundMessage, "message" | "path"> & { readonly text: Node | undefined };

function creationIn(node: Node): Creation | null {
  if (node.type === "Property" && node.key.type === "Identifier" && node.key.name === PASSED_PROPERTY)
    return { creator: "usageError", text: node.value, ...USAGE };
  if (node.type !== "NewExpression" && node.type !== "CallExpression") return null;
  if (node.callee.type !== "Identifier") return null;
  const creator = node.callee.name;
  const [first, second, third] = node.arguments;
  if (node.type === "CallExpression") {
    const known = creators[creator];
    return known ? { creator, text: first, ...known } : null;
  }
  if (!creator.endsWith("Error")) return null;
  if (creator === "CliError") {
    const exitCode = Number(literalIn(third, "exitCode") ?? 1);
    return { creator, text: second, reason: textsOf(first, new Map())[0], exitCode };
  }
  // Some classes take a kind before the message.
  const [kind] = textsOf(first, new Map());
  if (second && kind !== undefined && /^\w+$/.test(kind))
    return { creator, text: second, reason: kind, exitCode: undefined };
  const code = literalIn(second, "code");
  return { creator, text: first, reason: code === undefined ? undefined : String(code), exitCode: undefined };
}

/** The message in the constructor of an error class. */
function superCallIn(node: Node, classes: ReadonlyMap<Node, string>): Creation | null {
  if (node.type !== "CallExpression" || node.callee.type !== "Super") return null;
  const [text] = node.arguments;
  if (text?.type !== "Literal" && text?.type !== "TemplateLiteral") return null;
  return { creator: classes.get(node) ?? "", text, reason: undefined, exitCode: undefined };
}

/** The name of the class around each node. */
function classesIn(nodes: readonly Node[]): Map<Node, string> {
  const classes = new Map<Node, string>();
  for (const node of nodes)
    if (node.type === "ClassDeclaration" && node.id)
      for (const part of nodesOf(node)) classes.set(part, node.id.name);
  return classes;
}

/** The literal value of a property in an object expression. */
function literalIn(node: Node | undefined, key: string): string | number | undefined {
  if (node?.type !== "ObjectExpression") return undefined;
  for (const property of node.properties) {
    if (property.type !== "Property" || property.key.type !== "Identifier" || property.key.name !== key)
      continue;
    const value: unknown = property.value.type === "Literal" ? property.value.value : undefined;
    if (typeof value === "string" || typeof value === "number") return value;
  }
  return undefined;
}

interface ParsedFile {
  readonly path: string;
  readonly nodes: readonly Node[];
}

/** The class of the errors for the texts of a file, which the only file that imports it can create. */
function creatorOf(path: string, nodes: readonly Node[], files: readonly ParsedFile[]): string {
  if (nodes.some((node) => creationIn(node))) return classIn(nodes);
  const [importer, ...others] = files.filter((file) => importsOf(file).includes(path));
  return importer && others.length === 0 ? classIn(importer.nodes) : "";
}

/** The class of the errors that a file creates, if it is one class. */
function classIn(nodes: readonly Node[]): string {
  const classes = new Set(nodes.flatMap((node) => creationIn(node)?.creator ?? []));
  const [first = "", ...others] = classes;
  return others.length === 0 && first.endsWith("Error") ? first : "";
}

/** The paths of the files that a file imports by a relative path. */
const importsOf = ({ path, nodes }: ParsedFile): string[] =>
  nodes.flatMap((node) =>
    node.type === "ImportDeclaration" && node.source.value.startsWith(".")
      ? [posix.join(posix.dirname(path), node.source.value)]
      : [],
  );

/**
 * Finds the texts that the files declare for reasons of the server, as objects whose keys are reasons.
 * @returns the texts by reason
 */
export function reasonTextsIn(
  files: readonly SourceFile[],
  isReason: (text: string) => boolean,
): ReadonlyMap<string, readonly string[]> {
  const texts = new Map<string, string[]>();
  for (const { path, text } of files) {
    const nodes = [...nodesOf(parse(path, text))];
    const constants = constantsIn(nodes);
    for (const node of nodes) {
      if (node.type !== "ObjectExpression") continue;
      const entries = node.properties.flatMap((property) =>
        property.type === "Property" && property.key.type === "Literal"
          ? [[String(property.key.value), property.value] as const]
          : [],
      );
      if (entries.length === 0 || !entries.every(([key]) => isReason(key))) continue;
      for (const [key, value] of entries)
        texts.set(key, [...(texts.get(key) ?? []), ...textsOf(value, constants).filter(hasWords)]);
    }
  }
  return texts;
}
