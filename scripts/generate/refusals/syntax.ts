// Reads TypeScript source as a syntax tree.
import { parseSync, type Node, visitorKeys } from "oxc-parser";

export type { Node } from "oxc-parser";

export interface SourceFile {
  /** The path from the root of the repository. */
  readonly path: string;
  readonly text: string;
}

export function parse(path: string, text: string): Node {
  const { program, errors } = parseSync(path, text);
  const [error] = errors;
  if (error) throw new Error(`${path}: ${error.message}`);
  return program;
}

export function* nodesOf(node: Node): Generator<Node> {
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
export function constantsIn(nodes: readonly Node[]): Map<string, Node> {
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
