import { readFileSync } from "node:fs";

/** A section of a guide with its commands. */
export interface GuideStep {
  readonly title: string;
  readonly script: string;
}

/** Reads the shell commands of each section, also those within a list. Commands after the comment "not run: <reason>" are left out. */
export function stepsOf(path: string): GuideStep[] {
  const steps: GuideStep[] = [];
  let title = "";
  const pattern =
    /^#{2,3} (?<title>.+)$|^(?<skipped> *<!-- not run: .+-->\n\n)?(?<indent> *)```sh\n(?<script>[\s\S]*?)^\k<indent>```$/gm;
  for (const { groups } of readFileSync(path, "utf8").matchAll(pattern)) {
    if (groups?.["title"] !== undefined) title = groups["title"];
    else if (groups?.["skipped"] === undefined) {
      const { indent = "", script = "" } = groups ?? {};
      steps.push({ title, script: script.replaceAll(new RegExp(`^${indent}`, "gm"), "") });
    }
  }
  return steps;
}
