// A server that writes mail to files, and its output too, as under a service manager. The links in the mails give access to
// accounts: the output must not contain them, and other users of the machine must not be able to read the files.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { openLoad } from "../../load/load-client.ts";
import type { Figure } from "../../runner/figure.ts";
import type { Subject } from "../../runner/run-bench.ts";
import { withTemporaryDirectory } from "../../runner/temporary-directory.ts";
import { mutationOf } from "../../testbed/product-calls.ts";
import { startFiledServer } from "./production-process.ts";

export const productionLinks = (): Subject => ({
  name: "production-links",
  title: "the output and the mail files of a server that writes mail to files",
  measure: () => withTemporaryDirectory(measure),
});

const email = "ada@example.com";

async function measure(directory: string): Promise<Figure[]> {
  const server = startFiledServer(directory, {});
  try {
    const url = await server.listening();
    if (url === null) throw new Error(`The server did not start: ${server.output().stderr}`);
    const load = openLoad({ url, connections: 1 });
    for (const [operation, input] of [
      ["auth.signUp", { email, password: "correct horse battery staple" }],
      ["password.requestReset", { email }],
    ] as const) {
      await load.burst(() => mutationOf(null, operation, input), { count: 1, concurrency: 1 });
    }
    await load.close();
    const mails = await mailsIn(join(directory, "data", "mail"), 2);
    await server.stop();
    const { stdout, stderr } = server.output();
    const tokens = mails.flatMap(({ text }) => text.match(/pjo_[\w-]{20,}/g) ?? []);
    if (tokens.length === 0) throw new Error("The mails contain no token.");
    const announced = mails.filter(({ name }) => stdout.includes(name)).length;
    return [
      {
        name: "links and tokens in the server's output",
        value: [...`${stdout}\n${stderr}`.matchAll(/#token=|pj[oi]_[\w-]{20,}/g)].length,
        unit: "",
        goal: { atMost: 0 },
      },
      {
        name: "mail files that other users may read",
        value: mails.filter(({ isOpen }) => isOpen).length,
        unit: "",
        goal: { atMost: 0 },
      },
      {
        name: `mail files named in the output, of ${mails.length}`,
        value: announced,
        unit: "",
        goal: { atLeast: mails.length },
      },
    ];
  } finally {
    await server.stop();
  }
}

interface FoundMail {
  readonly name: string;
  readonly text: string;
  readonly isOpen: boolean;
}

async function mailsIn(directory: string, many: number): Promise<FoundMail[]> {
  for (let tries = 0; tries < 200; tries += 1) {
    const names = list(directory).filter((name) => name.endsWith(".eml"));
    if (names.length >= many) {
      const isEntered = (statSync(directory).mode & 0o077) !== 0;
      return names.map((name) => ({
        name,
        text: readFileSync(join(directory, name), "utf8"),
        isOpen: isEntered || (statSync(join(directory, name)).mode & 0o077) !== 0,
      }));
    }
    await delay(100);
  }
  throw new Error("The server wrote no mails within 20 s.");
}

function list(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    // The server creates the directory with the first mail.
    return [];
  }
}
