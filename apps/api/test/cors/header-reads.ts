// Finds the request headers that the source code reads: every access to a property of an object named `headers`. The folder
// `testing` is the client of tests.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "@typescript/typescript5";

/** @returns the name of each header, with the places where it is read */
export function headerReadsBelow(directory: string): ReadonlyMap<string, readonly string[]> {
  const reads = new Map<string, string[]>();
  const files = readdirSync(directory, { recursive: true, encoding: "utf8" }).filter(
    (name) => name.endsWith(".ts") && !name.endsWith(".test.ts") && !name.startsWith("testing"),
  );
  for (const file of files) {
    const source = ts.createSourceFile(
      file,
      readFileSync(join(directory, file), "utf8"),
      ts.ScriptTarget.Latest,
      true,
    );
    const visit = (node: ts.Node): void => {
      for (const name of namesRead(node)) {
        const { line } = source.getLineAndCharacterOfPosition(node.getStart());
        reads.set(name, [...(reads.get(name) ?? []), `${file}:${line + 1}`]);
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  return reads;
}

function namesRead(node: ts.Node): string[] {
  if (ts.isPropertyAccessExpression(node) && isHeaders(node.expression)) return [node.name.text];
  if (ts.isElementAccessExpression(node) && isHeaders(node.expression))
    return ts.isStringLiteral(node.argumentExpression) ? [node.argumentExpression.text] : [];
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.InKeyword)
    return isHeaders(node.right) && ts.isStringLiteral(node.left) ? [node.left.text] : [];
  // const { accept } = headers, and ({ headers: { accept } }) => ...
  if (!ts.isObjectBindingPattern(node)) return [];
  const { parent } = node;
  const isOfHeaders =
    (ts.isVariableDeclaration(parent) && parent.initializer && isHeaders(parent.initializer)) ||
    (ts.isBindingElement(parent) && nameOf(parent) === "headers");
  return isOfHeaders ? node.elements.map(nameOf) : [];
}

const isHeaders = (node: ts.Expression): boolean =>
  /^headers(?:Distinct)?$/.test(
    ts.isIdentifier(node) ? node.text : ts.isPropertyAccessExpression(node) ? node.name.text : "",
  );

function nameOf({ propertyName, name }: ts.BindingElement): string {
  const key = propertyName ?? name;
  return ts.isIdentifier(key) || ts.isStringLiteral(key) ? key.text : "";
}
