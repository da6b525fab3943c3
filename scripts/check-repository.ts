/**
 * Reads every tracked file and reports text that must not be published: paths of one machine, package registries and
 * their credentials, and notes to oneself. In workflows of GitHub it also reports actions that are not pinned to a commit, and
 * commands other than `.ci/run`. An exemption names its file and its reason, and is itself reported once it is unused.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { runCheck } from "./run-check.ts";
import { lineAt } from "./line-at.ts";

interface Rule {
  name: string;
  pattern: RegExp;
  /** The files it is for; all when absent. */
  files?: RegExp;
  except?: RegExp;
  says: string;
}

export interface Exemption {
  file: string;
  rule: string;
  reason: string;
}

// The patterns are spelled so that they do not match themselves.
const rules: Rule[] = [
  {
    name: "machine path",
    pattern:
      /(?<![\w.)\]}$*-])\/(?:root\/\w|work(?=[/\s"'`),:]|$))|(?<![\w.)\]}$*-])\/(?:home|Users)\/\w+|\b[A-Z]:\\Users\\/gm,
    except: /^pnpm-lock\.yaml$/,
    says: "a path of one machine; write it relative to the repository",
  },
  {
    name: "temporary path",
    pattern: /(?<![\w.)\]}$*-])\/tmp\/\w/g,
    files: /\.md$/,
    says: "a path that is on no reader's machine; use one inside the repository, or mktemp",
  },
  {
    name: "registry",
    pattern:
      /\bregistry\.(?:npmjs|yarnpkg|npmmirror)|\bnpm\.pkg\.github|_auth(?:Token)?\s*=|^\s*(?:@[\w-]+:)?registry\s*=/gm,
    says: "packages come from the reader's own registry; leave its name and its credentials out",
  },
  {
    name: "tarball",
    pattern: /\btarball:\s*['"]?\w+:/g,
    files: /^pnpm-lock\.yaml$/,
    says: "the lockfile is tied to one registry; install again with the default settings",
  },
  {
    name: "marker",
    pattern: /\b(?:TO(?:DO)|FIX(?:ME)|X(?:XX))\b/g,
    except: /^pnpm-lock\.yaml$/,
    says: "finish it, or open an issue; a note to oneself is not read again",
  },
  {
    name: "action without a commit",
    pattern: /\buses:\s*(?!\.\/)\S+?@(?![0-9a-f]{40}\b)\S+/g,
    files: /^\.github\/workflows\//,
    says: "a tag can be moved to other code; pin the action to a commit and name its version in a comment",
  },
  {
    name: "command beside .ci/run",
    pattern: /\brun:(?!\s*\.ci\/run\s*$).*/gm,
    files: /^\.github\/workflows\//,
    says: "a workflow runs .ci/run and nothing else, so that anyone can repeat it; move the command there",
  },
];

const exemptions: Exemption[] = [];

/** Every line of a tracked file that breaks a rule, as `file:line what it is`. */
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
          (match) => `${file}:${lineAt(text, match.index)} holds ${match[0].trim()}: ${rule.says}`,
        );
      });
  });
  const stale = exempt.filter((exemption) => !used.has(exemption));
  return [
    ...findings,
    ...stale.map(
      ({ file, rule }) => `${file}:1 is exempt from "${rule}" and need not be: remove the exemption`,
    ),
  ];
}

function trackedFiles(root: string): string[] {
  // A checkout may belong to another user than the one who checks it, in a container for instance.
  const git = spawnSync("git", ["-c", "safe.directory=*", "ls-files", "-z"], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 1 << 26,
  });
  if (git.status !== 0) {
    console.warn(
      `check-repository: nothing read, as git lists no files here: ${git.error?.message ?? git.stderr}`,
    );
    return [];
  }
  return git.stdout.split("\0").filter((file) => file !== "" && existsSync(join(root, file)));
}

runCheck(import.meta, checkRepository);
