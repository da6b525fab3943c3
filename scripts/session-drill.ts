/**
 * Demonstrates the life of a session on a running server, and prints each step:
 *
 *     npx tsx scripts/session-drill.ts --url http://127.0.0.1:4000 --mail .projo/mail
 *
 * It creates an account with a new address. The account remains, without a session. docs/sessions.md describes the steps.
 * Exits with code 1 at the first unexpected result.
 */
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { drill } from "./session-drill/drill.ts";

const { values } = parseArgs({
  options: {
    url: { type: "string", default: "http://127.0.0.1:4000" },
    mail: { type: "string", default: ".projo/mail" },
  },
});

const succeeded = await drill({
  url: values.url,
  mailDirectory: values.mail,
  now: Date.now,
  wait,
  print: (line) => void process.stdout.write(`${line}\n`),
});
process.exitCode = succeeded ? 0 : 1;
