// Finds the option that an unknown option can mean: by meaning first, then by spelling.
import type { Command } from "commander";
import { similarNames } from "./edit-distance.ts";

/** Options of other programs, with the options of projo that mean the same. The first one that the command has is meant. */
const meanings: Readonly<Record<string, readonly string[]>> = {
  "-y": ["--yes"],
  "-f": ["--yes", "--format"],
  "--force": ["--yes"],
  "--confirm": ["--yes"],
  "--no-confirm": ["--yes"],
  "-n": ["--limit", "--dry-run"],
  "-l": ["--limit"],
  "-L": ["--limit"],
  "--max": ["--limit"],
  "--count": ["--limit"],
  "--size": ["--limit"],
  "--page-size": ["--limit"],
  "--per-page": ["--limit"],
  "--page": ["--cursor"],
  "--after": ["--created-after", "--from", "--cursor"],
  "--since": ["--created-after", "--from"],
  "--before": ["--created-before", "--to"],
  "--until": ["--created-before", "--to"],
  "--author": ["--created-by", "--actor"],
  "--creator": ["--created-by", "--actor"],
  "--owner": ["--created-by", "--actor"],
  "--user": ["--created-by", "--actor"],
  "--member": ["--created-by", "--actor"],
  "--by": ["--created-by", "--actor"],
  "--sort": ["--order"],
  "--sort-by": ["--order"],
  "--order-by": ["--order"],
  "-q": ["--quiet", "--search"],
  "--query": ["--search"],
  "--find": ["--search"],
  "--filter": ["--search"],
  "--grep": ["--search"],
  "--state": ["--status"],
  "-s": ["--status"],
  "--name": ["--title", "--search"],
  "-t": ["--title"],
  "-p": ["--project"],
  "--event": ["--action"],
  "--type": ["--target"],
  "-o": ["--out", "--json"],
  "--output": ["--out", "--format", "--json"],
  "--format": ["--json"],
  "--file": ["--out"],
  "--dry": ["--dry-run"],
  "--preview": ["--dry-run"],
  "--delimiter": ["--separator"],
  "--charset": ["--encoding"],
  "--permissions": ["--scopes"],
  "--permission": ["--scopes"],
  "--ttl": ["--days"],
  "--expires": ["--days"],
  "--expires-in": ["--days"],
  "--expiry": ["--days"],
  "--overlap": ["--overlap-hours"],
  "--grace": ["--overlap-hours"],
  "--all-devices": ["--everywhere"],
  "--password": ["--password-stdin", "--stdin"],
  "--token": ["--stdin"],
  "--server": ["--url"],
  "--host": ["--url"],
  "--api-url": ["--url"],
  "--endpoint": ["--url"],
  "--base-url": ["--url"],
  "-w": ["--workspace"],
  "--ws": ["--workspace"],
  "--org": ["--workspace"],
  "--team": ["--workspace"],
  "--tenant": ["--workspace"],
  "--ca": ["--ca-file"],
  "--cacert": ["--ca-file"],
  "-j": ["--json"],
  "-v": ["--version"],
  "-V": ["--version"],
};

/** Returns the options of the command, and of all commands, that the text can mean. */
export function suggestOptions(command: Command, typed: string): string[] {
  const known = optionsOf(command);
  const meant = meanings[typed]?.find((option) => known.includes(option));
  if (meant !== undefined) return [meant];
  // `-help`, as some programs write it.
  if (/^-[a-z]{2}/.test(typed)) return known.filter((option) => option === `-${typed}`);
  if (!/^--.../.test(typed)) return [];
  const completed = known.filter((option) => option.startsWith(typed));
  if (completed.length > 0 && completed.length < 4) return completed;
  const similar = similarNames(
    typed.slice(2),
    known.map((option) => option.slice(2)),
  );
  return similar.map((name) => `--${name}`);
}

/** Returns true if the command has the option, or all commands have it. */
export const hasOption = (command: Command, name: string): boolean => optionsOf(command).includes(name);

function optionsOf(command: Command): string[] {
  const own = command.options.flatMap(({ long, hidden }) => (long && !hidden ? [long] : []));
  return command.parent ? [...own, ...optionsOf(command.parent)] : [...own, "--help"];
}
