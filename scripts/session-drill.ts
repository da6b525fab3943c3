/**
 * Walks a session through everything that may happen to it, against a server that runs, and says each step in words:
 *
 *     npx tsx scripts/session-drill.ts --url http://127.0.0.1:4000 --mail .projo/mail
 *
 * It makes an account of its own with a new address each time, and leaves it behind without a session.
 * docs/sessions.md says what the steps show. Exits with 1 when one of them is not as promised.
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

const passed = await drill({
  url: values.url,
  mailDirectory: values.mail,
  now: Date.now,
  wait,
  say: (line) => void process.stdout.write(`${line}\n`),
});
process.exitCode = passed ? 0 : 1;
