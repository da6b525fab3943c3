// Checks everything that a command depends on, one step after the other, so that the first problem is the cause of the later ones.
import type { Command } from "commander";
import pc from "picocolors";
import type { Cli, GlobalOptions, Start } from "../../cli.ts";
import { CliError } from "../../cli-error.ts";
import { examples } from "../../examples.ts";
import { type Io, takesColour } from "../../io.ts";
import { sanitize } from "../../terminal/sanitize.ts";
import { labelledRows } from "../../terminal/labelled-rows.ts";
import { checkAccount } from "./account-check.ts";
import type { Check } from "./check.ts";
import { checkCompletion } from "./completion-check.ts";
import { checkEnvironment } from "./environment-checks.ts";
import { checkFiles } from "./file-checks.ts";
import { checkNetwork } from "./network-checks.ts";
import { checkNode, checkTerminal } from "./runtime-checks.ts";

export function addDoctor(doctor: Command, start: Start): void {
  doctor
    .addHelpText(
      "after",
      examples(["projo doctor", "projo doctor --url https://projo.example.com", "projo doctor --json"]),
    )
    .action(async (_options: unknown, command: Command) => {
      const cli = start(command);
      const checks: Check[] = [];
      for await (const check of allChecks(cli, command.optsWithGlobals())) {
        checks.push(check);
        if (!cli.json) print(cli, check);
      }
      const problems = checks.filter(({ status }) => status === "problem").length;
      if (cli.json) cli.value({ checks, problems });
      if (problems === 0) return;
      throw new CliError(
        "cli.problems_found",
        `${problems === 1 ? "1 problem" : `${problems} problems`} found. See the checks marked as problem.`,
      );
    });
}

async function* allChecks(cli: Cli, options: GlobalOptions): AsyncGenerator<Check> {
  const { io } = cli;
  yield checkNode(process.versions.node);
  yield* checkTerminal(io);
  const files: Check[] = [];
  for await (const check of checkFiles(io)) {
    files.push(check);
    yield check;
  }
  yield* checkEnvironment(io);
  let isServerUp = true;
  for await (const check of checkNetwork(io, options)) {
    isServerUp &&= check.status !== "problem";
    yield check;
  }
  // Without readable files and a server, the account cannot be checked, and the reason is above.
  if (isServerUp && files.every(({ status }) => status !== "problem")) yield await checkAccount(cli);
  yield* checkCompletion(io);
}

function print({ io, line }: Cli, { name, status, text, fix }: Check): void {
  const [first = "", ...others] = labelledRows(io, MARGIN, `${name}: ${text}`);
  // The colour is the program's own, and the text may come from elsewhere.
  io.stdout.write(`${coloured(io, status)}${sanitize(first.slice(MARGIN.length - 1))}\n`);
  for (const row of others) line(row);
  if (fix !== undefined) for (const row of labelledRows(io, MARGIN, fix)) line(row);
}

/** As wide as the longest status and a space. */
const MARGIN = " ".repeat(8);

function coloured(io: Io, status: Check["status"]): string {
  const { green, red, yellow } = pc.createColors(takesColour(io, io.stdout));
  const paint = { ok: green, problem: red, note: yellow }[status];
  return paint(status.padEnd(7));
}
