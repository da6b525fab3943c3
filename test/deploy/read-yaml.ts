import { readFileSync } from "node:fs";
import { parseAllDocuments } from "yaml";

/** Reads the documents of a YAML file, with merge keys applied. @throws Error for a file that is not valid */
export function readYaml(path: string): unknown[] {
  const documents = parseAllDocuments(readFileSync(path, "utf8"), { merge: true });
  if (!Array.isArray(documents)) return [];
  return documents.map((document) => {
    const [problem] = [...document.errors, ...document.warnings];
    if (problem) throw new Error(`${path}: ${problem.message}`);
    return document.toJS() as unknown;
  });
}
