/**
 * Reads every tracked file and reports text that must not be published: paths of one machine, package registries and
 * their credentials, and unfinished markers. In GitHub workflows it also reports actions that are not pinned to a commit, and
 * commands other than `.ci/run`. An exemption names its file and its reason. The check reports an unused exemption.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { runCheck } from "./run-check.ts";
import { lineAt } from "./line-at.ts";

interface Rule {
  name: string;
  pattern: RegExp;
  /** The files that the rule applies to. The default is all files. */
  files?: RegExp;
  except?: RegExp;
  message: string;
}

export interface Exemption {
  file: string;
  rule: string;
  reason: string;
}

// The patterns are written so that they do not match themselves.
const rules: Rule[] = [
  {
    name: "machine path",
    pattern:
      /(?<![\w.)\]}$*-])\/(?:root\/\w|work(?=[/\s"'`),:]|$))|(?<![\w.)\]}$*-])\/(?:home|Users)\/\w+|\b[A-Z]:\\Users\\/gm,
    except: /^pnpm-lock\.yaml$/,
    message: "a path of one machine; write it relative to the repository",
  },
  {
    name: "temporary path",
    pattern: /(?<![\w.)\]}$*-])\/tmp\/\w/g,
    files: /\.md$/,
    message: "the path does not exist on other machines; use one inside the repository, or mktemp",
  },
  {
    name: "registry",
    pattern:
      /\bregistry\.(?:npmjs|yarnpkg|npmmirror)|\bnpm\.pkg\.github|_auth(?:Token)?\s*=|^\s*(?:@[\w-]+:)?registry\s*=/gm,
    message: "each user configures their own registry; remove its name and its credentials",
  },
  {
    name: "tarball",
    pattern: /\btarball:\s*['"]?\w+:/g,
    files: /^pnpm-lock\.yaml$/,
    message: "the lockfile is tied to one registry; install again with the default settings",
  },
  {
    name: "marker",
    pattern: /\b(?:TO(?:DO)|FIX(?:ME)|X(?:XX))\b/g,
    except: /^pnpm-lock\.yaml$/,
    message: "finish the work, or open an issue; a marker in the code is not tracked",
  },
  {
    name: "action without a commit",
    pattern: /\buses:\s*(?!\.\/)\S+?@(?![0-9a-f]{40}\b)\S+/g,
    files: /^\.github\/workflows\//,
    message: "a tag can be moved to other code; pin the action to a commit and name its version in a comment",
  },
  {
    name: "command beside .ci/run",
    pattern: /\brun:(?!\s*\.ci\/run\s*$).*/gm,
    files: /^\.github\/workflows\//,
    message: "a workflow runs .ci/run and nothing else, so that anyone can repeat it; move the command there",
  },
];

const exemptions: Exemption[] = [];

/** Checks all tracked files. @returns a line for each finding: `file:line message` */
export function checkRepository(root: string, exempt: readonly Exemption[] = exemptions): string[] {
  const used = new Set<Exemption>();
  const isExempt = (file: string, rule: Rule) => {
    const found = exempt.find((exemption) => exemption.file === file && exemption.rule === rule.name);
    if (found) used.add(found);
    return found !== undefined;
  };

  const findings = trackedFiles(root).flatMap((file) => {
    const text = readFileSync(join(root, file), "utf8");
    if (text.includes("\0")) return [];
    return rules
      .filter(({ files, except }) => (files?.test(file) ?? true) && !except?.test(file))
      .flatMap((rule) => {
        const matches = [...text.matchAll(rule.pattern)];
        if (matches.length === 0 || isExempt(file, rule)) return [];
        return matches.map(
          (match) => `${file}:${lineAt(text, match.index)} holds ${match[0].trim()}: ${rule.message}`,
        );
      });
  });
  const stale = exempt.filter((exemption) => !used.has(exemption));
  return [
    ...findings,
    ...stale.map(
      ({ file, rule }) => `${file}:1 has an unused exemption from the rule "${rule}": remove the exemption`,
    ),
  ];
}

function trackedFiles(root: string): string[] {
  // The owner of a checkout may be another user than the one who runs the check, for example in a container.
  const git = spawnSync("git", ["-c", "safe.directory=*", "ls-files", "-z"], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 1 << 26,
  });
  if (git.status !== 0) {
    console.warn(
      `check-repository: no file was checked, because git cannot list the files: ${git.error?.message ?? git.stderr}`,
    );
    return [];
  }
  return git.stdout.split("\0").filter((file) => file !== "" && existsSync(join(root, file)));
}

runCheck(import.meta, checkRepository);
