import { readFileSync } from "node:fs";

/** A section of a guide with its commands. */
export interface GuideStep {
  readonly title: string;
  readonly script: string;
}

/** Reads the shell commands of each section. Commands after the comment "not run: <reason>" are left out. */
export function stepsOf(path: string): GuideStep[] {
  const steps: GuideStep[] = [];
  let title = "";
  const pattern =
    /^#{2,3} (?<title>.+)$|^(?<skipped><!-- not run: .+-->\n\n)?```sh\n(?<script>[\s\S]*?)^```$/gm;
  for (const { groups } of readFileSync(path, "utf8").matchAll(pattern)) {
    if (groups?.["title"] !== undefined) title = groups["title"];
    else if (groups?.["skipped"] === undefined) steps.push({ title, script: groups?.["script"] ?? "" });
  }
  return steps;
}
