// Finds the texts of functions that explain errors, such as `explainUnreachable`.
import { hasWords, textsOf } from "./message-texts.ts";
import { nodesOf, type Node } from "./syntax.ts";

/** Names of functions that return the message of an error. */
const EXPLAINS = /^(?:explain|describe|causeOf|adviceFor)\w*$|Message$/;
/**
 * The texts of the functions that explain errors. If such a function decides by a key, and an object of the same file has advice
 * for the key, the advice follows the text.
 */
export function explainedIn(nodes: readonly Node[], constants: ReadonlyMap<string, Node>): string[] {
  const advice = adviceIn(nodes, constants);
  const advised = new Map<Node, readonly string[]>();
  for (const node of nodes) {
    if (node.type !== "SwitchStatement") continue;
    for (const { test, consequent } of node.cases) {
      const key = test?.type === "Literal" ? String(test.value) : "";
      for (const statement of consequent)
        for (const part of nodesOf(statement)) advised.set(part, advice.get(key) ?? []);
    }
  }
  return nodes.flatMap((node) => explanationsIn(node, { constants, advised }));
}

/** The texts of objects whose values are functions that return a text, by key. */
function adviceIn(nodes: readonly Node[], constants: ReadonlyMap<string, Node>): Map<string, string[]> {
  const advice = new Map<string, string[]>();
  for (const node of nodes) {
    if (node.type !== "Property" || node.key.type !== "Identifier") continue;
    const { value } = node;
    if (value.type !== "ArrowFunctionExpression" || value.body.type === "BlockStatement") continue;
    const texts = textsOf(value.body, constants).filter((text) => hasWords(text) && text.includes(" "));
    if (texts.length > 0) advice.set(node.key.name, texts);
  }
  return advice;
}

interface Explaining {
  readonly constants: ReadonlyMap<string, Node>;
  readonly advised: ReadonlyMap<Node, readonly string[]>;
}

/** The texts that a function with a name such as `explainUnreachable` returns. */
function explanationsIn(node: Node, { constants, advised }: Explaining): string[] {
  const isFunction = node.type === "FunctionDeclaration" && node.id !== null && EXPLAINS.test(node.id.name);
  const arrow =
    node.type === "VariableDeclarator" &&
    node.id.type === "Identifier" &&
    EXPLAINS.test(node.id.name) &&
    node.init?.type === "ArrowFunctionExpression";
  if (!isFunction && !arrow) return [];
  return [...nodesOf(node)]
    .flatMap((part) => {
      if (part.type === "ReturnStatement" && part.argument) {
        const texts = textsOf(part.argument, constants);
        const next = advised.get(part) ?? [];
        return next.length === 0 ? texts : texts.flatMap((text) => next.map((step) => `${text} ${step}`));
      }
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
