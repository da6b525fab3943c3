// `pnpm drill`: runs a deployment of three servers under load, causes faults, and prints what was expected and what was seen.
import { parseDrillArguments, usageOf, type DrillArguments } from "./arguments.ts";
import { faultsOf, quickNames } from "./faults/faults.ts";
import { openLoad } from "./load/load.ts";
import { mailRow } from "./report/mail-row.ts";
import { unfinished, type Row } from "./report/row.ts";
import { problemsOf, tableOf } from "./report/table.ts";
import { runFault } from "./run-fault.ts";
import { soak } from "./soak/soak.ts";
import { findPrograms } from "./stack/programs.ts";
import { withStack, type Stack } from "./stack/stack.ts";

export interface Streams {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

/** @returns the exit code: 0; 1 if a row is missed; 2 for invalid arguments or missing programs */
export async function runDrill(args: readonly string[], streams: Streams): Promise<0 | 1 | 2> {
  const names = faultsOf({ previous: undefined }).map(({ name }) => name);
  const parsed = parseDrillArguments(args, names);
  if ("problem" in parsed) {
    streams.err(`${parsed.problem}\n${usageOf(names)}\n`);
    return 2;
  }
  const programs = findPrograms();
  if ("missing" in programs) {
    streams.err(`Programs are missing. Install them: ${programs.missing}\n`);
    return 2;
  }
  streams.err(`The seed is ${parsed.seed}. Repeat the run with --seed ${parsed.seed}.\n`);
  const progress = (line: string) => streams.err(`${line}\n`);
  const { keep } = parsed;
  return withStack({ programs, progress, keep }, async (stack) =>
    parsed.soakMinutes === null
      ? runFaults(stack, parsed, streams)
      : soak(stack, { ...parsed, minutes: parsed.soakMinutes, streams }),
  );
}

const CLIENTS = { full: 10, quick: 6 };
const PAUSE_MS = 40;

async function runFaults(stack: Stack, chosen: DrillArguments, { out, err }: Streams): Promise<0 | 1> {
  const { seed, quick, previous } = chosen;
  const wanted = chosen.names.length > 0 ? chosen.names : quick ? quickNames : null;
  const faults = faultsOf({ previous }).filter(({ name }) => wanted === null || wanted.includes(name));
  const load = await openLoad({
    service: stack.service,
    seed,
    clients: quick ? CLIENTS.quick : CLIENTS.full,
    pauseMs: PAUSE_MS,
  });
  const rows: Row[] = [];
  for (const fault of faults) {
    err(`${fault.name}: `);
    const row = await runFault(fault, { stack, load, seed, quick }).catch((error: unknown) =>
      unfinished(fault, error),
    );
    rows.push(row);
    err(`${row.verdict}: ${[row.seen, ...row.problems].join("; ")}\n`);
  }
  rows.push(await mailRow(stack, load, quick));
  out(`${tableOf(rows)}\n`);
  const missed = rows.some(({ verdict }) => verdict === "MISSED");
  if (missed) out(`\n${problemsOf(rows)}\n`);
  return missed ? 1 : 0;
}
