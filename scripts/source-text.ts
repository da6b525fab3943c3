/**
 * Reads the imports of a TypeScript file without a compiler. A scanner replaces comments and regular expressions with spaces
 * and each string with its number, so that simple patterns find the imports: an `import` in a string or a comment does not
 * match. It is not a parser and does not check the syntax.
 */

export interface Import {
  specifier: string;
  line: number;
  /** True if the import does not exist at run time: `import type`, `export type`, `import("x").T` as a type. */
  typeOnly: boolean;
  /** The exported names; `*` for a namespace or a star, `default` for the default export. */
  names: readonly { name: string; typeOnly: boolean }[];
}

export interface SourceText {
  /** The code without comments, and with each string replaced by its index in `strings`. It has the same lines. */
  code: string;
  strings: readonly string[];
}

const names = String.raw`(?:\*(?:\s*as\s+(?:[\w$]+|"\d+"))?|\{[^}]*\})`;
const shapes = {
  import: new RegExp(
    String.raw`(?<![\w$.])import\b\s*(type\s+(?!from\s*"))?((?:[\w$]+\s*,?\s*)?${names}?)\s*\bfrom\s*"(\d+)"`,
    "g",
  ),
  export: new RegExp(String.raw`(?<![\w$.])export\s*(type\s*)?(${names})\s*from\s*"(\d+)"`, "g"),
  sideEffect: /(?<![\w$.])import\s*"(\d+)"/g,
  call: /(?<![\w$.])(typeof\s+)?(import|require|require\.resolve|import\.meta\.resolve)\s*\(\s*(?:"(\d+)"\s*(\+)?)?/g,
};

/**
 * Returns the imports of a file, grouped by kind. A name that is built at run time appears as its constant beginning and a
 * star (`@scope/*`), or as `*` if no part is constant.
 */
export function readImports({ code, strings }: SourceText): Import[] {
  const found: Import[] = [];
  const text = (index: string | undefined) => strings[Number(index)] ?? "";

  for (const match of [...code.matchAll(shapes.import), ...code.matchAll(shapes.export)]) {
    const typeOnly = match[1] !== undefined;
    found.push({
      specifier: text(match[3]),
      line: lineAt(code, match.index),
      typeOnly,
      names: readNames(match[2] ?? "", typeOnly),
    });
  }
  for (const match of code.matchAll(shapes.sideEffect)) {
    found.push({ specifier: text(match[1]), line: lineAt(code, match.index), typeOnly: false, names: [] });
  }
  for (const match of code.matchAll(shapes.call)) {
    const [whole, typeOf, callee, index, plus] = match;
    if (index === undefined && callee?.endsWith("resolve")) continue;
    const after = code.slice(match.index + whole.length);
    const typeOnly = typeOf !== undefined || /^\s*\)\s*\.\s*(?!then\b|catch\b|finally\b)[\w$]/.test(after);
    found.push({
      specifier: index === undefined ? "*" : text(index) + (plus ? "*" : ""),
      line: lineAt(code, match.index),
      typeOnly: typeOnly && callee === "import",
      names: [{ name: "*", typeOnly }],
    });
  }
  return found;
}

export function lineAt(code: string, index: number): number {
  return code.slice(0, index).split("\n").length;
}

function readNames(clause: string, typeOnly: boolean): { name: string; typeOnly: boolean }[] {
  const braces = /\{([^}]*)\}/.exec(clause)?.[1] ?? "";
  const outside = clause.replace(/\{[^}]*\}/, "");
  const read = braces
    .split(",")
    .map((item) => /^\s*(type\s+(?!as\b))?([\w$]+)/.exec(item))
    .filter((match) => match !== null)
    .map((match) => ({ name: match[2] ?? "", typeOnly: typeOnly || match[1] !== undefined }));
  if (outside.includes("*")) read.push({ name: "*", typeOnly });
  if (/^\s*[\w$]+/.test(outside)) read.push({ name: "default", typeOnly });
  return read;
}

/** Replaces comments and regular expressions with spaces, and strings with their numbers. */
export function scanSource(source: string): SourceText {
  const strings: string[] = [];
  const openTemplates: number[] = [];
  let code = "";
  let depth = 0;
  let at = 0;

  const blank = (length: number) => {
    code += source.slice(at, at + length).replaceAll(/[^\n]/g, " ");
    at += length;
  };
  const string = (value: string) => {
    code += `"${strings.push(value) - 1}"${"\n".repeat(value.split("\n").length - 1)}`;
  };
  // A template becomes one string for each constant piece, joined with +. Its expressions stay code.
  const template = () => {
    const end = endOfPiece(source, at, ["`", "${"]);
    string(source.slice(at, end));
    const opens = source[end] === "$";
    at = end + (opens ? 2 : 1);
    if (!opens) return;
    openTemplates.push(depth);
    code += "+(";
  };

  if (source.startsWith("#!")) blank(source.indexOf("\n"));
  while (at < source.length) {
    const char = source.charAt(at);
    const pair = source.slice(at, at + 2);
    if (pair === "//") blank(endOr(source.indexOf("\n", at), source) - at);
    else if (pair === "/*") blank(endOr(source.indexOf("*/", at + 2), source, 2) - at);
    else if (char === "/" && startsExpression(code)) blank(regularExpressionLength(source, at));
    else if (char === '"' || char === "'") {
      const end = endOfPiece(source, at + 1, [char, "\n"]);
      string(source.slice(at + 1, end));
      at = end + 1;
    } else if (char === "`") {
      at += 1;
      template();
    } else if (char === "}" && openTemplates.at(-1) === depth) {
      openTemplates.pop();
      code += ")+";
      at += 1;
      template();
    } else {
      if (char === "{") depth += 1;
      if (char === "}") depth -= 1;
      code += char;
      at += 1;
    }
  }
  return { code, strings };
}

function endOr(index: number, source: string, length = 0): number {
  return index === -1 ? source.length : index + length;
}

function endOfPiece(source: string, from: number, ends: readonly string[]): number {
  let at = from;
  while (at < source.length && !ends.some((end) => source.startsWith(end, at))) {
    at += source[at] === "\\" ? 2 : 1;
  }
  return Math.min(at, source.length);
}

/** Whether a value can begin here. There a slash begins a regular expression; elsewhere it is a division. */
function startsExpression(code: string): boolean {
  const before = code.trimEnd();
  return (
    before === "" ||
    /(?:[(,=:[!&|?{};+\-*%~^<>]|\b(?:return|typeof|case|of|in|await|yield))$/.test(before.slice(-12))
  );
}

function regularExpressionLength(source: string, from: number): number {
  const line = source.slice(from, endOr(source.indexOf("\n", from), source));
  return /^\/(?:\\.|\[(?:\\.|[^\]\\])*\]|[^/\\[])+\/[a-z]*/.exec(line)?.[0].length ?? 1;
}
