// The page of the invariants: each number that a test title carries, its meaning, and the tests.
import { readdirSync, readFileSync } from "node:fs";
import { basename, join, posix } from "node:path";

interface Group {
  readonly title: string;
  /** A sentence for each number. */
  readonly invariants: Readonly<Record<string, string>>;
}

const groups: readonly Group[] = [
  {
    title: "Accounts",
    invariants: {
      A1: "A sign-in with an unknown email address and one with a wrong password get the same answer after the same time.",
      A2: "After the next sign-in, a stored password hash has the parameters that the server uses today.",
      A3: "No log line, error, audit entry or URL contains a password or a token.",
      A4: "An email address has one canonical form, which is ASCII text of at most 254 characters in lower case, so the spellings of an address are one account, and no look-alike makes a second one.",
      A5: "The server hashes a bounded number of passwords at once, and health checks and signed-in users stay fast meanwhile.",
      A6: "A new server has no default account and no default key.",
      A7: "A password change requires the current password.",
      A8: "A mailed token works once, until it expires, and only for its purpose; the database does not contain it.",
    },
  },
  {
    title: "Sessions",
    invariants: {
      S1: "Nobody can make a valid token from a copy of the database alone, or from a server key alone.",
      S2: "Concurrent refreshes with one token advance the session by one step and return the same refresh token.",
      S3: "The use of an older refresh token ends the session permanently, and the end is recorded.",
      S4: "A malformed or forged token never ends a session.",
      S5: "A token of one kind (access, refresh, one-time, invite, service key) is never accepted as another kind.",
      S6: "No session lasts beyond its absolute expiry.",
      S7: "After a sign-out returns, the server refuses every token of the session.",
      S8: "Signing out everywhere ends all sessions of the user, and a password change ends all other sessions.",
      S9: "A wrong clock on the server changes no expiry: the database's clock decides.",
      S10: "Lists of sessions and keys contain no secret.",
      S11: "A token with any changed bit is refused with 401.",
      S12: "A malformed authorization header is refused with 401 and never causes a 500.",
    },
  },
  {
    title: "Invites",
    invariants: {
      V1: "When several callers accept or decline one invite at the same time, exactly one of them joins, or the invite is declined.",
      V2: "No table and no log contains an invite token.",
      V3: "Only an account with the invited email address, verified, can accept the invite.",
      V4: "The tokens of an invite stop working when the invite is sent again.",
      V5: "An invite never grants a role above the inviter's current role.",
      V6: "Every refused invite token gets the same answer, byte for byte.",
      V7: "The acceptance of an invite never changes the role of an existing member.",
      V8: "The removal or demotion of an inviter ends the inviter's pending invites.",
      V9: "The host of a mailed link comes from the configuration and never from a request header.",
    },
  },
  {
    title: "Members",
    invariants: {
      M1: "A workspace always has at least one admin, also during concurrent demotions, removals and departures.",
      M2: "A removal, a new role or a revoked key takes effect on the next request.",
      M3: "No write of a removed member commits after the removal has returned.",
      M4: "The answer to every operation, for every kind of actor, is in one generated matrix that the tests compare with the server.",
      M5: "A viewer changes no row of a workspace.",
      M6: "The creator of a workspace becomes its admin in the same transaction.",
      M7: "No field of the input decides who acts, with which role, or in which workspace.",
    },
  },
  {
    title: "Isolation",
    invariants: {
      I1: "The id of another workspace's object and an id that does not exist get the same answer, byte for byte.",
      I2: "Row-level security alone, without the application's filter, shows no row of another workspace, and the filter alone shows none either.",
      I3: "A database transaction without a workspace reads and writes no tenant row.",
      I4: "The server's database login owns nothing and bypasses no policy, and the server refuses to start with any other login.",
      I5: "Every tenant table has row-level security that is enabled and forced, for reads and for writes.",
      I6: "Every foreign key between tenant tables contains the workspace id.",
      I7: "No caller chooses the id of a new object.",
      I8: "Every view runs with the rights of its reader.",
      I9: "A pooled connection keeps nothing of its previous user, also after an error or an abort.",
      I10: "A cursor works only for the workspace, operation and filter that returned it, and cannot be altered.",
      I11: "Every key of a cache or a limiter contains the workspace where there is one.",
      I12: "A row never moves to another workspace.",
      I13: "Concurrent requests of different workspaces never see or change one another's rows.",
      I14: "A token with a wrong code causes no database statement, and its timing reveals nothing about any workspace.",
    },
  },
  {
    title: "Audit log",
    invariants: {
      U1: "A change and its audit entry commit together or not at all.",
      U2: "The server's database roles cannot update, delete or truncate audit entries, not even through a cascade.",
      U3: "The sequence numbers of a workspace's entries have no gap, also under concurrency.",
      U4: "Verification names the first entry that was changed, removed or reordered.",
      U5: "Verification against a saved checkpoint detects a truncated or rewritten log.",
      U6: "Only admins of the workspace, and keys with that permission, read its log.",
      U7: "The actor of an entry comes from the authenticated caller and never from the input.",
      U8: "The log remains when its workspace is deleted.",
      U9: "Every entry has the address of its caller.",
      U10: "Each actor has a separate limit on recorded denials, and the log counts the denials that it omits.",
      U11: "The server's database login cannot erase personal data from the log.",
      U12: "Every security event in the server's log has a stable name, an address and an actor.",
    },
  },
  {
    title: "Limits",
    invariants: {
      R1: "A batch of calls counts as that number of calls.",
      R2: "Concurrent attempts with wrong passwords run no more hashes than the limit allows.",
      R3: "The server decides about a limit within 300 ms and still enforces it when Redis is unreachable.",
      R4: "A forged `X-Forwarded-For` header changes nothing unless the proxy is trusted.",
      R5: "Nobody can lock a user out from another address.",
      R6: "A refusal with 429 has a `Retry-After` header.",
      R7: "Several servers share one limit.",
      R8: "No call blocks the event loop for more than 50 ms.",
      R9: "An attacker with many addresses, such as an IPv6 /48, neither locks out known callers nor exhausts the limiter's memory.",
      R10: "A mailbox receives a bounded number of mails across all workspaces, and only a user with a verified address can invite.",
      R11: "Each operation has a cost, and each account, service key and workspace has a budget.",
      R12: "The number, duration and memory of connections that do not read their answers are bounded.",
    },
  },
  {
    title: "Input",
    invariants: {
      N1: "No input causes a 5xx answer or reveals text of the database.",
      N2: "Text with a NUL character or malformed Unicode is refused with 400.",
      N3: "The depth and the size of a request are bounded: a body over 100 KB is refused with 413.",
      N4: "An unknown field is refused, and no field name changes an object's prototype.",
      N5: "No cell of an exported CSV file is a formula to a spreadsheet.",
      N6: "Of all calls of one caller with one idempotency key in a workspace, one runs, and every repetition gets its answer; another input with the key is refused.",
      N7: "If an answer is lost, the error says that the operation may have been carried out, and repeating the operation is safe.",
      N8: "An import reports every row that it does not accept, and the same file from several processes creates each task and each project once.",
      N9: "Texts that are equal by Unicode (NFC, case folding) are found, and names that look empty or hide characters are refused.",
    },
  },
  {
    title: "Availability",
    invariants: {
      F1: "A write that the server acknowledged survives the end of the server and of the database by SIGKILL.",
      F2: "Every wait for the database is bounded and ends with 503 and `Retry-After`.",
      F3: "After SIGTERM the server serves during `PROJO_DRAIN_SECONDS`, then finishes its requests and exits with code 0 within 10 s.",
      F4: "`/livez` answers while `/readyz` returns 503: while the database is unavailable, and while the server is stopping.",
      F5: "After the database has restarted, the server works again within 5 s, without a restart of its own.",
      F6: "The server closes connections of clients that send too slowly, within a second of the time limit.",
      F7: "No mail is lost, and no mail is sent for a change that was rolled back.",
      F8: "No client and no input ends the server process.",
      F9: "Under overload the server refuses excess calls at once, keeps answering the others, and sends no statement twice because the database is slow.",
      F10: "The server replaces lost connections and works again within 2 s of the network's return.",
      F11: "No call waits longer than 10 s, and the log names the cause of every 503.",
      F12: "The load of one workspace does not prevent the requests of other workspaces.",
      F13: "A rolling restart behind a balancer loses no call of an SDK client, and of other clients at most changes that the balancer must not repeat.",
      F14: "The previous build works on the new schema.",
      F15: "A backup that is made in the documented way restores with every row and with audit logs that verify, or it fails.",
    },
  },
  {
    title: "Compatibility",
    invariants: {
      C1: "A client of an earlier release works with a newer server until a major release says otherwise.",
      C2: "The published types of the SDK contain no name of the server's code.",
    },
  },
  {
    title: "Browsers",
    invariants: {
      B1: "No page of a foreign origin reads an answer or makes a change.",
      B3: "Several tabs refresh one session at the same time without ending it.",
    },
  },
];

/** @throws Error when a test title has a number without a meaning, or a meaning has no test */
export function generateInvariants(root: string): Record<string, string> {
  const tests = testsByNumber(root);
  const described = new Set(groups.flatMap(({ invariants }) => Object.keys(invariants)));
  const unknown = [...tests].filter(([number]) => !described.has(number));
  const untested = [...described].filter((number) => !tests.has(number));
  if (unknown.length > 0) {
    const list = unknown.map(([number, files]) => `${number} (${files.join(", ")})`);
    throw new Error(`Describe these invariants in scripts/generate/invariants.ts: ${list.join("; ")}.`);
  }
  if (untested.length > 0) throw new Error(`No test title carries ${untested.join(", ")}.`);
  return { "docs/invariants.md": page(tests) };
}

function page(tests: ReadonlyMap<string, readonly string[]>): string {
  return `# Invariants

An invariant is a property that the server keeps in every situation. Each one has a number. A test that checks an invariant has its number
at the beginning of its title, such as \`M1\` for "a workspace always has at least one admin". To run the tests of one invariant:

\`\`\`sh
npx vitest run -t "M1 "
\`\`\`

This page lists every number that a test title carries. [Testing](testing.md) describes the kinds of tests.

${groups.map(({ title, invariants }) => `## ${title}\n\n${listOf(invariants, tests)}`).join("\n\n")}
`;
}

function listOf(invariants: Group["invariants"], tests: ReadonlyMap<string, readonly string[]>): string {
  return Object.entries(invariants)
    .map(
      ([number, meaning]) =>
        `- **${number}** ${meaning}\n  <br>Tests in ${linksTo(tests.get(number) ?? [])}.`,
    )
    .join("\n");
}

/** Links to the test files, grouped by package: `api: [accounts](...), [limits](...); cli: [keys](...)`. */
function linksTo(files: readonly string[]): string {
  return [...new Set(files.map(packageOf))]
    .map((name) => {
      const its = files.filter((file) => packageOf(file) === name);
      return `${name}: ${its.map((file) => `[${labelOf(file, its)}](../${file})`).join(", ")}`;
    })
    .join("; ");
}

/** `api` for a file below `apps/api`; `scripts` for one below `scripts`. */
function packageOf(file: string): string {
  const [top = "", second = ""] = file.split("/");
  return ["packages", "apps"].includes(top) ? second : top;
}

/** The name of the file, with its folder where another file has the same name. */
function labelOf(file: string, among: readonly string[]): string {
  const isUnique = among.filter((other) => nameOf(other) === nameOf(file)).length === 1;
  return isUnique ? nameOf(file) : `${basename(posix.dirname(file))}/${nameOf(file)}`;
}

function nameOf(file: string): string {
  return basename(file, ".test.ts");
}

/** The test files whose titles carry each number, in the order of their paths. */
function testsByNumber(root: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  const files = ["packages", "apps", "bench", "scripts", "test"].flatMap((folder) => testFiles(root, folder));
  for (const file of files.toSorted()) {
    const titles = readFileSync(join(root, file), "utf8").matchAll(/["'`]((?:[A-Z]\d{1,2},? )+)/g);
    const numbers = [...titles].flatMap(([, title = ""]) => title.trim().split(/,? /));
    for (const number of new Set(numbers)) found.set(number, [...(found.get(number) ?? []), file]);
  }
  return found;
}

function testFiles(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory())
      return ["node_modules", "dist", "generated"].includes(entry.name) ? [] : testFiles(root, path);
    return entry.name.endsWith(".test.ts") ? [path] : [];
  });
}
