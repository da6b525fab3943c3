// Finds the messages of the errors that a package creates, in its source code: `new CliError(...)`, `new TypeError(...)`, and the
// functions that create such errors. So the reference lists the messages of the SDK and of the CLI as their code declares them.
import { parseSync, type Node, visitorKeys } from "oxc-parser";

export interface SourceFile {
  /** The path from the root of the repository. */
  readonly path: string;
  readonly text: string;
}

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

/** The argument that is the message of a usage error, of functions that create the error later. */
const passedOn: Readonly<Record<string, number>> = { askNewPassword: 1 };

/** A property that holds the message of a usage error. */
const PASSED_PROPERTY = "nonInteractiveHint";

/** Names of functions that return the message of an error. */
const EXPLAINS = /^(?:explain|describe)\w*$|Message$/;

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
    for (const node of nodes) {
      const found = creationIn(node) ?? superCallIn(node);
      if (found) {
        places += 1;
        const { text, ...rest } = found;
        for (const message of textsOf(text, constants))
          if (hasWords(message)) messages.push({ message, path, ...rest });
      }
      for (const message of explainedIn(node, constants))
        messages.push({ message, path, creator: "", reason: undefined, exitCode: undefined });
    }
  }
  return { messages, places };
}

function parse(path: string, text: string): Node {
  const { program, errors } = parseSync(path, text);
  const [error] = errors;
  if (error) throw new Error(`${path}: ${error.message}`);
  return program;
}

function* nodesOf(node: Node): Generator<Node> {
  yield node;
  for (const child of childrenOf(node)) yield* nodesOf(child);
}

function childrenOf(node: Node): Node[] {
  const fields: Readonly<Record<string, unknown>> = { ...node };
  return (visitorKeys[node.type] ?? []).flatMap((key) =>
    [fields[key]].flat().filter((value) => isNode(value)),
  );
}

const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";

/** The constants of a file that have one value: declared once, and not the name of a parameter. */
function constantsIn(nodes: readonly Node[]): Map<string, Node> {
  const declared = new Map<string, Node | null>();
  const note = (name: string, value: Node | null) => declared.set(name, declared.has(name) ? null : value);
  for (const node of nodes) {
    if (node.type === "VariableDeclarator") {
      if (node.id.type === "Identifier") note(node.id.name, node.init);
      else for (const name of namesIn(node.id)) note(name, null);
    } else if ("params" in node && Array.isArray(node.params)) {
      for (const parameter of node.params)
        if (isNode(parameter)) for (const name of namesIn(parameter)) note(name, null);
    }
  }
  return new Map([...declared].filter((entry): entry is [string, Node] => entry[1] !== null));
}

const namesIn = (pattern: Node): string[] =>
  [...nodesOf(pattern)].flatMap((node) => (node.type === "Identifier" ? [node.name] : []));

type Creation = Omit<FoundMessage, "message" | "path"> & { readonly text: Node | undefined };

function creationIn(node: Node): Creation | null {
  if (node.type === "Property" && node.key.type === "Identifier" && node.key.name === PASSED_PROPERTY)
    return { creator: "usageError", text: node.value, ...USAGE };
  if (node.type !== "NewExpression" && node.type !== "CallExpression") return null;
  if (node.callee.type !== "Identifier") return null;
  const creator = node.callee.name;
  const [first, second, third] = node.arguments;
  if (node.type === "CallExpression") {
    const passed = passedOn[creator];
    if (passed !== undefined) return { creator: "usageError", text: node.arguments[passed], ...USAGE };
    const known = creators[creator];
    return known ? { creator, text: first, ...known } : null;
  }
  if (!creator.endsWith("Error")) return null;
  if (creator === "CliError") {
    const exitCode = Number(literalIn(third, "exitCode") ?? 1);
    return { creator, text: second, reason: textsOf(first, new Map())[0], exitCode };
  }
  const code = literalIn(second, "code");
  return { creator, text: first, reason: code === undefined ? undefined : String(code), exitCode: undefined };
}

/** The message in the constructor of an error class. */
function superCallIn(node: Node): Creation | null {
  if (node.type !== "CallExpression" || node.callee.type !== "Super") return null;
  const [text] = node.arguments;
  if (text?.type !== "Literal" && text?.type !== "TemplateLiteral") return null;
  return { creator: "", text, reason: undefined, exitCode: undefined };
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

/** The texts that a function with a name such as `explainUnreachable` returns. */
function explainedIn(node: Node, constants: ReadonlyMap<string, Node>): string[] {
  const isFunction = node.type === "FunctionDeclaration" && node.id !== null && EXPLAINS.test(node.id.name);
  const arrow =
    node.type === "VariableDeclarator" &&
    node.id.type === "Identifier" &&
    EXPLAINS.test(node.id.name) &&
    node.init?.type === "ArrowFunctionExpression";
  if (!isFunction && !arrow) return [];
  return [...nodesOf(node)]
    .flatMap((part) => {
      if (part.type === "ReturnStatement" && part.argument) return textsOf(part.argument, constants);
      if (part.type === "ArrowFunctionExpression" && part.body.type !== "BlockStatement")
        return textsOf(part.body, constants);
      if (part.type === "VariableDeclarator" || part.type === "Property")
        return messageValue(part, constants);
      return [];
    })
    .filter((text) => /[a-z] [a-z]/.test(text) && /[.)\w}]$/.test(text) && /[A-Z{]/.test(text.charAt(0)));
}

/** The texts of a variable or a property with the name `message`. */
function messageValue(node: Node, constants: ReadonlyMap<string, Node>): string[] {
  if (node.type === "VariableDeclarator" && node.id.type === "Identifier" && node.id.name === "message")
    return textsOf(node.init, constants);
  if (node.type === "Property" && node.key.type === "Identifier" && node.key.name === "message")
    return textsOf(node.value, constants);
  return [];
}

/** The texts that an expression can have. */
function textsOf(node: Node | undefined | null, constants: ReadonlyMap<string, Node>, depth = 0): string[] {
  if (!node || depth > MAX_DEPTH) return [];
  const next = (one: Node) => textsOf(one, constants, depth + 1);
  switch (node.type) {
    case "Literal":
      return typeof node.value === "string" ? [node.value] : [];
    case "TemplateLiteral":
      return templateTexts(node, next);
    case "ConditionalExpression":
      return [...next(node.consequent), ...next(node.alternate)];
    case "LogicalExpression":
      return [...next(node.left), ...next(node.right)];
    case "Identifier": {
      const constant = constants.get(node.name);
      const texts = constant ? next(constant) : [];
      return texts.some((text) => hasWords(text)) ? texts : [`{${node.name}}`];
    }
    default:
      return [`{${nameOf(node)}}`];
  }
}

const MAX_DEPTH = 4;

type Template = Extract<Node, { type: "TemplateLiteral" }>;

/** A value in a template becomes its name; a constant or a condition becomes its texts. */
function templateTexts({ quasis, expressions }: Template, next: (node: Node) => string[]): string[] {
  return quasis.reduce<string[]>(
    (texts, quasi, index) => {
      const literal = quasi.value.cooked ?? quasi.value.raw;
      const expression = expressions[index];
      const values = expression ? valuesOf(expression, next) : [""];
      return texts.flatMap((text) => values.map((value) => text + literal + value)).slice(0, MAX_TEXTS);
    },
    [""],
  );
}

const MAX_TEXTS = 8;

function valuesOf(expression: Node, next: (node: Node) => string[]): string[] {
  const isChoice = expression.type === "ConditionalExpression" || expression.type === "Identifier";
  const texts = isChoice ? next(expression) : [];
  return texts.length > 0 ? texts : [`{${nameOf(expression)}}`];
}

function nameOf(node: Node): string {
  if (node.type === "Identifier") return node.name;
  if (node.type === "MemberExpression" && node.property.type === "Identifier") {
    return node.property.name === "length" || node.property.name === "name"
      ? nameOf(node.object)
      : node.property.name;
  }
  if (node.type === "CallExpression") {
    const name = nameOf(node.callee);
    const [argument] = node.arguments;
    if (name === "stringify" && argument) return nameOf(argument);
    return GENERIC.has(name) && node.callee.type === "MemberExpression" ? nameOf(node.callee.object) : name;
  }
  return "value";
}

/** Methods whose object names the value better. */
const GENERIC = new Set(["join", "map", "filter", "stringify", "trim", "slice", "toLowerCase"]);

/** A text that is more than a value from elsewhere. */
const hasWords = (text: string): boolean => /[a-z]{2}/.test(text.replaceAll(/\{\w+\}/g, ""));

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
