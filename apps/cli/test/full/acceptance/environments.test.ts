// The packed and installed program where something is wrong around it: accounts, files, streams, networks, other versions and
// signals. Each command ends with the documented exit code and one line that says what happened and what to do.
import { spawnSync } from "node:child_process";
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startTestServer, type TestServer } from "@projostack/api/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { expectDone, PASSWORD, type Shell } from "../../kit.ts";
import { credentialsPath, rotations } from "../../stored-tokens.ts";
import { installedProgram } from "../installed-program.ts";
import {
  expireToken,
  nameOf,
  openAccounts,
  readCredentials,
  sessionOf,
  type StoredAccount,
} from "./environments/accounts.ts";
import { type Answer, type Behaviour, type Gateway, startGateway } from "../../gateway.ts";
import { errorOf, type LineOptions, runLine } from "./environments/place.ts";

let folder: string;
let program: string;
let servers: [TestServer, TestServer];
let shell: Shell;
let ann: StoredAccount;
let bob: StoredAccount;
let otherAnn: StoredAccount;
const gateways: Gateway[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "projo-environments-"));
  const [installed, ...started] = await Promise.all([
    installedProgram(),
    startTestServer(),
    startTestServer(),
  ]);
  ({ program } = installed);
  servers = started;
  const opened = await openAccounts(servers);
  ({ shell } = opened);
  [ann, bob, otherAnn] = opened.accounts;
}, 300_000);

afterAll(async () => {
  for (const gateway of gateways) await gateway.close();
  await shell?.close();
  for (const server of servers ?? []) await server.close();
  await rm(folder, { recursive: true, force: true });
});

/** Makes the account of the second server the default, and Ann the active account of the first one. */
async function selectOtherAnn(): Promise<void> {
  for (const { server } of [ann, otherAnn])
    await expectDone(shell.projo(["auth", "switch", "ann@example.com", "--url", server.url]));
}

const line = (text: string, options?: LineOptions) => runLine({ program, home: shell.home }, text, options);

/** Opens a gateway to the first server, and a home directory in which Ann is signed in at the gateway. */
async function behind(behaviour: Behaviour) {
  const gateway = await startGateway(servers[0].url);
  gateways.push(gateway);
  gateway.behaviour = behaviour;
  const home = await mkdtemp(join(folder, "home-"));
  await mkdir(join(home, ".config/projo"), { recursive: true });
  const { account } = await sessionOf(shell.home, ann);
  const stored = { current: gateway.url, servers: { [gateway.url]: account } };
  await writeFile(credentialsPath(home), JSON.stringify(stored), { mode: 0o600 });
  return {
    gateway,
    home,
    line: (text: string, options?: LineOptions) => runLine({ program, home }, text, options),
  };
}

describe("two servers and three accounts", () => {
  beforeEach(selectOtherAnn);

  it("S2 twenty commands at once each act as their own account, beside commands that change the active one", async () => {
    const accounts = [ann, bob, otherAnn];
    const runs = Array.from({ length: 15 }, (_, index) => accounts[index % 3] ?? ann);
    const [listed, changed] = await Promise.all([
      Promise.all(runs.map(({ options }) => line(`projo projects list ${options} --jq '.items[].name'`))),
      Promise.all(
        runs.slice(0, 5).map(({ email, server }) => line(`projo auth switch ${email} --url ${server.url}`)),
      ),
    ]);
    expect(listed).toEqual(runs.map((account) => ({ code: 0, out: `${nameOf(account)}\n`, err: "" })));
    for (const { code, err } of changed) expect([code, err]).toEqual([0, expect.any(String)]);
    for (const account of accounts) await sessionOf(shell.home, account);
    expect(await readdir(join(shell.home, ".config/projo"))).toEqual(["credentials.json"]);
  });

  it("S2 four commands of each account refresh its expired token once, and nobody is signed out", async () => {
    const accounts = [ann, bob, otherAnn];
    const before = await generations(accounts);
    for (const account of accounts) await expireToken(shell.home, account);
    const runs = Array.from({ length: 12 }, (_, index) => accounts[index % 3] ?? ann);
    const listed = await Promise.all(
      runs.map(({ options }) => line(`projo projects list ${options} --jq '.items[].name'`)),
    );
    expect(listed).toEqual(runs.map((account) => ({ code: 0, out: `${nameOf(account)}\n`, err: "" })));
    expect(await generations(accounts)).toEqual(before.map((count) => count + 1));
  });

  it.each([
    ["revoked elsewhere", "DELETE FROM sessions WHERE id = $1"],
    ["that has expired", "UPDATE sessions SET expires_at = now() - interval '1 day' WHERE id = $1"],
  ])(
    "a session %s is named with the sign-in that renews it, and the other accounts stay",
    async (_what, sql) => {
      const { id } = await sessionOf(shell.home, bob);
      await bob.server.database.owner(sql, [id]);
      // The account is stored for one server only, so its name chose the server, which a sign-in needs as an option.
      const login = `projo --url ${bob.server.url} login bob@example.com`;
      expect(errorOf(await line(`projo projects list ${bob.options}`))).toContain(`Run: ${login}`);
      expect(await line(`projo projects list ${bob.options}`)).toEqual({
        code: 4,
        out: "",
        err: `projo: Not signed in to ${bob.server.url}: the session of bob@example.com has ended. Run: ${login}\n`,
      });
      for (const account of [ann, otherAnn])
        expect(await line(`projo projects list ${account.options} --quiet`)).toMatchObject({
          code: 0,
          err: "",
        });
      const again = await line(`${login} --password-stdin`, { input: PASSWORD });
      expect([again.code, again.err]).toEqual([0, expect.stringContaining("Workspace: Of bob@example.com")]);
    },
  );
});

const generations = (accounts: readonly StoredAccount[]) =>
  Promise.all(
    accounts.map(async (account) => rotations(account.server, (await sessionOf(shell.home, account)).id)),
  );

const isRoot = process.getuid?.() === 0;
const canMount = isRoot && spawnSync("unshare", ["-m", "mount", "-t", "tmpfs", "none", "/mnt"]).status === 0;
const needsRoot = canMount ? "" : " (skipped: these tests need root, unshare and mount)";

/** Runs lines with a disk at ~/disk that holds a copy of the accounts. */
const onDisk = (options: string, lines: string) => {
  const script = `mkdir -p disk && mount -t tmpfs -o ${options} tmpfs disk && mkdir -p disk/.config/projo && cp .config/projo/credentials.json disk/.config/projo/
    full() { dd if=/dev/zero of=disk/filler bs=1k count=400 2> /dev/null || true; }
    read_only() { mount -o remount,ro disk; }
    run() { HOME=$PWD/disk projo "$@"; echo "$1 $2: $?"; }
    ${lines}`;
  return line(`unshare -m sh -c '${script.replaceAll("'", "'\\''")}'`);
};
const diskPath = () => `${shell.home}/disk/.config/projo`;
const messages = (err: string) => err.split("\n").filter((text) => text.startsWith("projo: "));

describe.skipIf(!canMount)(`directories${needsRoot}`, () => {
  beforeEach(selectOtherAnn);

  it("a read-only home can be used, and what cannot be stored is not done", async () => {
    const { out, err } = await onDisk(
      "size=256k",
      `read_only
      HOME=$PWD/disk projo projects list ${ann.options} --quiet > /dev/null; echo "list: $?"
      run auth switch bob@example.com --url ${bob.server.url}
      run logout ${ann.options}
      run config set color never
      cd disk; HOME=$PWD projo audit export --out log.ndjson ${ann.options}; echo "audit export: $?"
      HOME=$PWD projo workspaces export copy ${ann.options}; echo "workspaces export: $?"; ls -A`,
    );
    expect(out).toBe(
      "list: 0\nauth switch: 1\nlogout --url: 1\nconfig set: 1\naudit export: 1\nworkspaces export: 1\n.config\n",
    );
    const readOnly = "cannot be written: the file system is read-only.";
    const elsewhere = "Set PROJO_CONFIG_DIR to another directory.";
    expect(messages(err)).toEqual([
      `projo: ${diskPath()}/credentials.json ${readOnly} ${elsewhere}`,
      `projo: ${diskPath()}/credentials.json ${readOnly} ${elsewhere}`,
      `projo: ${diskPath()}/config.json ${readOnly} ${elsewhere}`,
      `projo: log.ndjson ${readOnly} Choose another file.`,
      expect.stringMatching(
        /^projo: copy cannot be read or written \(E\w+\)\. .*Choose another directory\.$/,
      ),
    ]);
    // The sign-out did not end the session, which the file still holds.
    expect(await line(`projo projects list ${ann.options} --quiet`)).toMatchObject({ code: 0, err: "" });
  });

  it("an expired token on a read-only or full disk is not lost", async () => {
    const before = await generations([ann]);
    await expireToken(shell.home, ann);
    const { out, err } = await onDisk(
      "size=256k",
      `full
      run projects list ${ann.options}
      rm disk/filler; read_only
      run projects list ${ann.options}
      run status ${ann.options} > /dev/null`,
    );
    expect(out).toBe("projects list: 1\nprojects list: 1\n");
    expect(messages(err)).toEqual([
      expect.stringContaining(
        "credentials.json cannot be written: the disk is full. Free some space, or set",
      ),
      expect.stringContaining("credentials.json cannot be written: the file system is read-only. Set"),
      expect.stringMatching(/The session could not be checked\. .* the file system is read-only\. Set/),
    ]);
    expect(await line(`projo projects list ${ann.options} --quiet`)).toMatchObject({ code: 0, err: "" });
    expect(await generations([ann])).toEqual(before.map((count) => count + 1));
  });

  it("an audit log that does not fit on the disk leaves no part of it", async () => {
    const { out, err } = await onDisk(
      "size=64k",
      `full
      cd disk; HOME=${shell.home} projo audit export --out log.ndjson ${ann.options}; echo "ended with $?"; ls`,
    );
    expect(out).toBe("ended with 1\nfiller\n");
    expect(messages(err)).toEqual([
      "projo: log.ndjson cannot be written: the disk is full. Free some space, or choose another file.",
    ]);
  });

  it("files of another user are named, also when only the accounts are theirs", async () => {
    const home = join(folder, "of-root");
    await cp(join(shell.home, ".config"), join(home, ".config"), { recursive: true });
    await chmod(folder, 0o755);
    await chmod(home, 0o755);
    await chmod(join(home, ".config"), 0o755);
    await chmod(join(home, ".config/projo"), 0o700);
    const asNobody = `exec setpriv --reuid 65534 --regid 65534 --clear-groups env HOME=${home} ${process.execPath} ${program}`;
    expect(errorOf(await line(`${asNobody} projects list ${ann.options}`))).toBe(
      `${home}/.config/projo/config.json cannot be read: you have no permission. Correct its permissions, or set PROJO_CONFIG_DIR to another directory.`,
    );
    await chmod(join(home, ".config/projo"), 0o755);
    expect(errorOf(await line(`${asNobody} projects list ${ann.options}`))).toMatch(
      /credentials\.json cannot be read: .* belongs to another user \(uid 0; you are uid 65534\)\./,
    );
  });
});

it("credentials that others could read are corrected once, and the warning shows no token", async () => {
  await chmod(credentialsPath(shell.home), 0o644);
  const { code, err } = await line(`projo projects list ${ann.options} --quiet`);
  expect([code, err]).toEqual([
    0,
    expect.stringMatching(
      /^Other users could read .*credentials\.json\. Now only you can\. [^\n]*projo [^\n]*logout\n$/,
    ),
  ]);
  expect(err).not.toMatch(/pj[ar]_/);
  expect((await stat(credentialsPath(shell.home))).mode & 0o777).toBe(0o600);
  expect((await line(`projo projects list ${ann.options} --quiet`)).err).toBe("");
});

describe("streams", () => {
  it.each([
    "projects list --all",
    "projects list --all --json",
    "audit list --all --format ndjson",
    "audit export",
    "audit verify",
    "doctor",
    "status",
    "auth status",
    "help --all",
    "completion bash",
  ])("the reader of projo %s may end before the program writes", async (command) => {
    const options = /^(?:help|completion)/.test(command) ? "" : ann.options;
    const { out, err } = await line(`{ projo ${command} ${options}; echo "ended with $?" >&2; } | true`);
    expect([out, err]).toEqual(["", "ended with 0\n"]);
  });

  it("the reader of the errors may end before the program writes", async () => {
    const { out } = await line('{ { projo taks 2>&1 >&3; echo "ended with $?" >&3; } | true; } 3>&1');
    expect(out).toBe("ended with 2\n");
  });
});

const html = (status: number, headers: Record<string, string> = {}): Answer => ({
  status,
  headers: { "content-type": "text/html", ...headers },
  body: `<html><head><title>${status}</title></head><body><h1>${status}</h1></body></html>`,
});

interface Fault {
  what: string;
  behaviour: Behaviour;
  /** The end of the error of a command that reads. */
  read: string;
  /** The first part of the error of a command that changes data. */
  change?: string;
}

describe("a network", () => {
  const proxyHas = "without a ProjoStack response: a proxy has no server available.";
  const connectionLost = "was lost before the response was complete (ECONNRESET).";
  const tooLong = "The server took longer than --timeout 3 allows.";
  const faults: readonly Fault[] = [
    {
      what: "the 502 of a balancer",
      behaviour: { instead: () => html(502) },
      read: "a proxy got no answer from the server. Try again later.",
    },
    {
      what: "its 503 with a long pause",
      behaviour: { instead: () => html(503, { "retry-after": "300" }) },
      read: `${proxyHas} Try again in 5 minutes.`,
    },
    {
      what: "its 503 with a short pause",
      behaviour: { instead: () => html(503, { "retry-after": "1" }) },
      read: `${proxyHas} Try again in 1 second.`,
    },
    {
      what: "a login page",
      behaviour: { instead: () => html(200) },
      read: "it is a web page. Check that the address (--url or PROJO_URL) is correct and that no proxy or login page is in between.",
    },
    {
      what: "an answer that ends in the middle",
      behaviour: { isCut: true },
      read: `${connectionLost} Run the command again. If it fails again, check whether the server expects an https address.`,
      change: connectionLost,
    },
    {
      what: "no answer",
      behaviour: { isSilent: true },
      read: `${tooLong} Run the command again, or allow more time.`,
      change: tooLong,
    },
  ];

  it.each(faults)(
    "that gives $what is named, and a change may have been carried out",
    async ({ behaviour, read, change = read }) => {
      const place = await behind(behaviour);
      const timeout = behaviour.isSilent ? " --timeout 3" : "";
      const [list, create] = await Promise.all([
        place.line(`projo projects list${timeout}`),
        place.line(`projo projects create Website${timeout}`),
      ]);
      expect([list.code, errorOf(list)]).toEqual([1, expect.stringMatching(endsWith(read))]);
      const check =
        "The server may have carried it out. Before you run the command again, see: projo projects list";
      expect([create.code, errorOf(create)]).toEqual([
        1,
        expect.stringMatching(endsWith(`${change} ${check}`)),
      ]);
      place.gateway.behaviour = {};
      expect(await place.line("projo projects list --quiet")).toMatchObject({ code: 0, err: "" });
    },
  );

  it("whose proxy cannot be reached is named with the variables", async () => {
    const env = { HTTP_PROXY: "http://user:hidden@127.0.0.1:9" };
    const error = errorOf(await line(`projo projects list ${ann.options}`, { env }));
    expect(error).toMatch(
      /proxy.*Check HTTPS_PROXY and HTTP_PROXY, or add the host of the server to NO_PROXY/,
    );
    expect(error).not.toContain("hidden");
  });

  it("with 6 seconds for each request: projo waits, prints nothing in a pipe, and ends at --timeout", async () => {
    const { line: slow, home } = await behind({ delayMs: 6_000 });
    const [list, limited, created, status, loggedOut, doctor] = await Promise.all([
      slow("projo projects list --jq '.items[].name'"),
      slow("projo projects list --timeout 2"),
      slow("projo projects create Late --timeout 2 --json"),
      slow("projo status --timeout 2"),
      slow("projo logout --timeout 2"),
      slow("projo doctor --timeout 2"),
    ]);
    const took = "The server took longer than --timeout 2 allows.";
    expect(list).toEqual({ code: 0, out: expect.stringContaining(`${nameOf(ann)}\n`), err: "" });
    expect([limited.code, errorOf(limited)]).toEqual([
      1,
      `${took} Run the command again, or allow more time.`,
    ]);
    expect([created.code, JSON.parse(created.err)]).toEqual([
      1,
      {
        error: {
          reason: "cli.timeout",
          message: `${took} The server may have carried it out. Before you run the command again, see: projo projects list`,
          mayHaveBeenCarriedOut: true,
        },
      },
    ]);
    expect([status.code, status.out]).toEqual([1, expect.stringContaining(`Health:    ${took}`)]);
    expect([loggedOut.code, errorOf(loggedOut)]).toEqual([
      1,
      `${took} The session of ann@example.com is still stored here, but the server may have ended it. Run the command again, or delete the session here only: projo logout --local`,
    ]);
    expect([doctor.code, doctor.out]).toEqual([1, expect.stringContaining(took)]);
    expect((await readCredentials(home)).current).toBeDefined();
  });
});

const endsWith = (text: string) => new RegExp(`${text.replaceAll(/[.()?]/g, "\\$&")}$`);

describe("a server of another version", () => {
  it("of an older version: the missing operation is named, and the other operations work", async () => {
    const { line: older } = await behind({
      passAs: (operation) => (operation === "projects.list" ? "projects.listAll" : operation),
    });
    expect(errorOf(await older("projo projects list"))).toMatch(
      /^The server has no operation projects\.list: it is of another version than projo [\d.]+\. To see its version, run: projo call system\.health$/,
    );
    expect(await older("projo workspaces list --jq '.items[].name'")).toEqual({
      code: 0,
      out: "Of ann@example.com\n",
      err: "",
    });
  });

  it("of a newer version may have more fields, values and reasons", async () => {
    const { line: newer } = await behind({
      instead: (operation) => (operation === "projects.create" ? reserved : undefined),
      alter: (answer) => ({
        ...answer,
        body: answer.body
          .replace('"items":[{', '"brandNew":1,"items":[{"brandNew":{"a":[1]},')
          .replaceAll('"role":"admin"', '"role":"owner"')
          .replace(/"version":"\d+\.[^"]*"/, '"version":"0.9.0"'),
      }),
    });
    const list = await newer("projo workspaces list");
    expect(list).toMatchObject({ code: 0, err: "" });
    expect(list.out).toMatch(/\tOf ann@example\.com\towner\t/);
    expect(JSON.parse((await newer("projo workspaces list --json")).out)).toMatchObject({
      items: [{ brandNew: { a: [1] }, role: "owner" }],
    });
    expect(errorOf(await newer("projo projects create Reserved"))).toBe("The name is reserved.");
    expect(JSON.parse((await newer("projo projects create Reserved --json")).err)).toMatchObject({
      error: { reason: "project.reserved", message: "The name is reserved.", status: 409 },
    });
    expect((await newer("projo status")).out).toMatch(/server 0\.9\.0, .* a newer projo has more commands/);
  });

  const reserved: Answer = {
    status: 409,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      error: {
        message: "The name is reserved.",
        code: -32009,
        data: { code: "CONFLICT", httpStatus: 409, reason: "project.reserved", requestId: "r-1" },
      },
    }),
  };
});

describe("a signal", () => {
  const again = "Run the same command again";
  const signals = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

  it.each<readonly [command: string, operation: string, message: string]>([
    ["tasks import rows.csv", "tasks.createMany", `${again} to continue.`],
    ["workspaces export copy", "workspaceData.exportRows", `${again}: it continues.`],
    ["audit export --out log.ndjson", "audit.export", `${again}: the export starts from the beginning.`],
    ["projects create Late", "projects.create", "see: projo projects list"],
  ])("stops projo %s, which then can be repeated", async (command, operation, message) => {
    const { gateway, home, line: run } = await behind({ delayMs: 300 });
    await writeFile(join(home, "rows.csv"), `project,title\n${"Docs,Row\n".repeat(1_000)}`);
    for (const [signal, code] of Object.entries(signals)) {
      gateway.arrived.length = 0;
      const stopped = await run(`exec projo ${command}`, {
        onStart: (kill) => killAt(gateway, operation, () => kill(signal as NodeJS.Signals)),
      });
      expect([signal, stopped.code, stopped.err]).toEqual([
        signal,
        code,
        expect.stringContaining("projo: Stopped."),
      ]);
      expect(stopped.err).toContain(message);
      expect(stopped.err.split("\n").filter((text) => text.startsWith("projo: "))).toHaveLength(1);
    }
    expect((await readdir(home)).filter((file) => file.endsWith(".part"))).toEqual([]);
    if (operation === "projects.create") return;
    gateway.behaviour = {};
    expect((await run(`projo ${command}`)).code).toBe(0);
  });
});

/** Calls `kill` once, soon after a request of the operation has arrived. */
function killAt(gateway: Gateway, operation: string, kill: () => void): void {
  const timer = setInterval(() => {
    if (!gateway.arrived.includes(operation)) return;
    clearInterval(timer);
    kill();
  }, 20);
}

describe("a machine", () => {
  it.each([86_400_000, -86_400_000])(
    "whose clock is wrong by %d ms works, and doctor names the clock",
    async (ms) => {
      const shifted = `const Now=Date;globalThis.Date=class extends Now{constructor(...a){a.length?super(...a):super(Now.now()+${ms})}static now(){return Now.now()+${ms}}}`;
      await writeFile(join(folder, "clock.cjs"), shifted);
      const env = { NODE_OPTIONS: `--require ${join(folder, "clock.cjs")}` };
      expect(await line(`projo projects list ${ann.options} --quiet`, { env })).toMatchObject({
        code: 0,
        err: "",
      });
      const { code, out } = await line(`projo doctor ${ann.options}`, { env });
      expect([code, out]).toEqual([
        1,
        expect.stringMatching(
          new RegExp(
            `Clock: this clock is \\d+ seconds ${ms > 0 ? "ahead of" : "behind"} that of the server\\.`,
          ),
        ),
      ]);
    },
  );

  it("whose home directory is a file or absent needs none with a token", async () => {
    const { session } = await sessionOf(shell.home, ann);
    const { id } = (await sessionOf(shell.home, ann)).account.workspace ?? { id: "" };
    const env = { PROJO_TOKEN: session.accessToken, PROJO_URL: ann.server.url, PROJO_WORKSPACE: id };
    const file = join(folder, "a-file");
    await writeFile(file, "");
    for (const HOME of [file, "/nowhere/at/all", ""]) {
      const listed = await line("projo projects list --quiet", { env: { ...env, HOME } });
      expect([HOME, listed.code, listed.err]).toEqual([HOME, 0, ""]);
    }
    expect(errorOf(await line("projo config set color never", { env: { HOME: file } }))).toMatch(
      /config\.json cannot be written: a part of its path is a file, not a directory\. Set PROJO_CONFIG_DIR/,
    );
    expect(await readFile(file, "utf8")).toBe("");
  });
});
