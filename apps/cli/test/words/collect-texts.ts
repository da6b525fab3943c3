// Collects every text of the source that a user can see, from the syntax tree: messages, prompts, titles of columns. Texts of the
// help are left out, because the help itself is printed.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Node, parseSync, visitorKeys } from "oxc-parser";

/** Words that projo reads, and does not show. */
const INPUT = /^(?:usage\/synonyms|import\/statuses\/status-words|inputs\/input-sources)\.ts$/;

const source = join(import.meta.dirname, "../../src");

/** Returns the texts of each file that has any, in the order of the file. */
export function collectTexts(): [path: string, texts: string[]][] {
  return readdirSync(source, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts") && !path.startsWith("generated") && !INPUT.test(path))
    .toSorted()
    .map((path): [string, string[]] => [path, textsIn(readFileSync(join(source, path), "utf8"))])
    .filter(([, texts]) => texts.length > 0);
}

function textsIn(text: string): string[] {
  const { program, errors } = parseSync("source.ts", text);
  if (errors.length > 0) throw new Error(errors[0]?.message);
  const found: string[] = [];
  visit(program, (node) => {
    const shown = shownText(node, text);
    if (shown !== undefined) found.push(shown);
  });
  return [...new Set(found)];
}

/** Methods of commander and `examples`, whose texts the help prints. */
const HELP =
  /^(?:command|description|summary|option|requiredOption|argument|helpOption|version|examples|Option|Argument)$/;

function visit(node: Node, see: (node: Node) => void): void {
  if (node.type.startsWith("TS") && node.type.endsWith("Type")) return;
  if (node.type === "ImportDeclaration" || node.type === "ImportExpression") return;
  const isCall = node.type === "CallExpression" || node.type === "NewExpression";
  see(node);
  const fields: Readonly<Record<string, unknown>> = { ...node };
  for (const key of visitorKeys[node.type] ?? []) {
    if (isCall && key === "arguments" && HELP.test(nameOf(node.callee))) continue;
    // A sum of texts is one text. A key is not shown.
    if (isSum(node) || (node.type === "Property" && key === "key")) continue;
    for (const child of [fields[key]].flat()) if (isNode(child)) visit(child, see);
  }
}

const isSum = (node: Node): boolean =>
  node.type === "BinaryExpression" && node.operator === "+" && valueOf(node) !== undefined;

function nameOf(callee: Node): string {
  if (callee.type === "Identifier") return callee.name;
  if (callee.type === "MemberExpression" && callee.property.type === "Identifier")
    return callee.property.name;
  return "";
}

/** Properties that hold the title of a column or the name of a choice. */
const NAMES = new Set(["head", "label", "noun", "message"]);

function shownText(node: Node, text: string): string | undefined {
  if (node.type === "Property" && node.key.type === "Identifier" && NAMES.has(node.key.name)) {
    const value = valueOf(node.value, text);
    return value !== undefined && !value.includes(" ") && /[A-Za-z]/.test(value) ? value : undefined;
  }
  const value = valueOf(node, text);
  return value !== undefined && isText(value) ? value : undefined;
}

/** A text has two words. */
const isText = (value: string): boolean => /[A-Za-z]{2,}[,.:;]? \S|\S [A-Za-z]{2,}/.test(value.trim());

function valueOf(node: Node, text = ""): string | undefined {
  if (node.type === "Literal") return typeof node.value === "string" ? node.value : undefined;
  if (node.type === "TemplateLiteral") {
    return node.quasis
      .map(({ value }, index) => {
        const expression = node.expressions[index];
        const cooked = value.cooked ?? value.raw;
        return expression ? `${cooked}{${describe(expression, text)}}` : cooked;
      })
      .join("");
  }
  if (node.type !== "BinaryExpression" || node.operator !== "+") return undefined;
  const [left, right] = [valueOf(node.left, text), valueOf(node.right, text)];
  return left === undefined || right === undefined ? undefined : left + right;
}

/** A value of a template, as in the source when it is short. */
function describe(expression: Node, text: string): string {
  const written = text.slice(expression.start, expression.end).replaceAll(/\s+/g, " ");
  return written.length <= 40 ? written : "...";
}

const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
