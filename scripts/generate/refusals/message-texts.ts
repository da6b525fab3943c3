// The texts that an expression can have. `{name}` stands for a value.
import type { Node } from "./syntax.ts";

/** The texts that an expression can have. */
export function textsOf(
  node: Node | undefined | null,
  constants: ReadonlyMap<string, Node>,
  depth = 0,
): string[] {
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
export const hasWords = (text: string): boolean => /[a-z]{2}/.test(text.replaceAll(/\{\w+\}/g, ""));
