// The reference of the error reasons: what each one means, what a caller does about it, and which operations declare it.
import {
  commonReasons,
  describeReason,
  httpStatusOf,
  impliedReasons,
  operations,
  type Reason,
  type Remedy,
} from "@projostack/contract";
import {
  allReasons,
  cliTable,
  cliTexts,
  messagesOf,
  sdkTable,
  serverTable,
  startTable,
} from "./refusals/refusal-tables.ts";

/** Pages that tell more about a reason. */
const furtherPages: Readonly<Partial<Record<Reason, string>>> = {
  "request.timeout": "The [limits of connections](../connections.md) are settings of the server.",
  "idempotency.key_invalid": "See [Idempotency keys](../idempotency.md).",
  "idempotency.in_progress": "See [Idempotency keys](../idempotency.md).",
  "idempotency.key_reused": "See [Idempotency keys](../idempotency.md).",
  "batch.not_allowed": "The [list of operations](operations.md) marks long operations.",
  "auth.token_reused": "See [Sessions](../sessions.md#refresh-tokens).",
  "permission.denied": "See [Roles](roles.md).",
};

/** What the remedies in the table of all reasons mean. */
const remedyTexts: Readonly<Record<Remedy, string>> = {
  retry:
    "Wait for the number of seconds in `retryAfter`, then send the same call again. The SDK repeats such calls by itself.",
  change: "Send another request. The same one fails again.",
  "sign in": "Get new tokens: refresh them, or ask the user to sign in.",
  ask: "The user, an admin of the workspace or the operator of the server must do something first.",
  report: "It is a fault of the server. Report the request id to its operator.",
};

export function generateErrors(root: string): Record<string, string> {
  return { "docs/reference/errors.md": page(root) };
}

function page(root: string): string {
  const texts = cliTexts(root);
  return `# Errors

This page lists every message of the server, the SDK and \`projo\`. To find a message, search this page for its words, without the
names and numbers in it. The tables are sorted by these words. \`{name}\` stands for a value.

- [Messages of the server](#messages-of-the-server)
- [Messages of the SDK](#messages-of-the-sdk)
- [Messages of projo](#messages-of-projo)
- [Messages at the start of the server](#messages-at-the-start-of-the-server)
- [All reasons](#all-reasons)

## The form of an error

A failed call returns an HTTP status of 400 or higher and a JSON body with \`error.message\` and \`error.data\`:

| field | type | meaning |
| --- | --- | --- |
| \`reason\` | string | one of the reasons below; a program decides by it |
| \`httpStatus\`, \`code\` | number, string | the HTTP status, and its name in tRPC |
| \`requestId\` | string | identifies the call in the server's log; the header \`x-request-id\` has the same value |
| \`retryAfter\` | number, optional | seconds to wait before the next attempt; the header \`Retry-After\` has the same value |
| \`fieldErrors\` | object, optional | the problems of each input field, by its dotted path such as \`items.3.title\`; \`""\` stands for the whole input |
| \`current\` | object, optional | the present row of a version conflict, as \`get\` returns it, if the caller may read it |

\`error.message\` is text for users and may change between versions. The SDK throws a [\`ProjoError\`](../sdk.md) with the same fields, and \`projo --json\` prints them to stderr, except \`current\`.

Each operation declares its reasons in the contract. The server reports any other failure as \`server.internal\`.

- **401** means that the server does not know the caller. **403** means that the caller is known and may not do this.
- **404** for an object means that it does not exist or that it belongs to another workspace. Both answers are identical, byte for byte.
- **503** does not say whether a mutation took effect: the connection to the database may be lost after the COMMIT.

A message consists of the cause and the next step. If a reason has several causes, each cause has its own message. The server closes
the connection after an error if it cannot tell where the next request begins.

## Messages of the server

${serverTable(actionOf)}

\`fieldErrors\` has the problems of single fields, and the message repeats the first one with the path as in code: "The field
items[3].title must be a text, not a number." A problem names what is allowed, and a known name that looks like a misspelled one: "Has no
field "titel". Did you mean title? Its fields are projectId, title, status." A server of another version can word a problem differently. The
schemas of the [operations](operations.md) state all rules.

## Messages of the SDK

The SDK throws the messages of the server in a \`ProjoError\`, and these messages of its own. A \`TypeError\` reports a wrong argument;
no request was sent.

${sdkTable(root)}

## Messages of projo

\`projo\` prints one line to stderr, and with \`--json\` an object with \`reason\` and \`message\`. For a reason of the server it prints
the message of the server with the next command; the section of the reason shows it. A command line that does not parse ends with
exit code 2 and the name of the help page: "See: projo tasks --help".

${cliTable(root)}

## Messages at the start of the server

A server that cannot start prints one line: the setting, the cause and the next step. [Database connections](../database-connections.md) lists
the causes for which PostgreSQL or a pooler refuses a connection.

${startTable(root)}

## All reasons

A program decides by the reason. The table names what it can do:

| remedy | meaning |
| --- | --- |
${Object.entries(remedyTexts)
  .map(([remedy, meaning]) => `| ${remedy} | ${meaning} |`)
  .join("\n")}

| reason | HTTP status | remedy | when |
| --- | --- | --- | --- |
${allReasons.map((reason) => reasonRow(reason)).join("\n")}

${allReasons.map((reason) => section(reason, texts.get(reason) ?? [])).join("\n\n")}
`;
}

const actionOf = (reason: Reason): string => describeReason(reason).action;

function reasonRow(reason: Reason): string {
  const { when, remedy } = describeReason(reason);
  return `| [\`${reason}\`](#${reason.replaceAll(".", "")}) | ${httpStatusOf(reason)} | ${remedy} | ${when} |`;
}

function section(reason: Reason, cliMessages: readonly string[]): string {
  const { when, action } = describeReason(reason);
  const further = furtherPages[reason];
  const messages = messagesOf(reason).map((message) => `"${message.replaceAll("<", "\\<")}"`);
  const stated =
    messages.length === 1
      ? `: ${messages.join()}`
      : `. The message depends on the cause:\n\n${messages.map((message) => `- ${message}`).join("\n")}`;
  const inCli =
    cliMessages.length === 0 ? "" : `\n\n**In projo.** ${cliMessages.map((text) => `"${text}"`).join(" ")}`;
  return `## ${reason}

${when} HTTP ${httpStatusOf(reason)}${stated}

**Action.** ${action}${further === undefined ? "" : ` ${further}`}${inCli}

**Returned by.** ${sources(reason)}.`;
}

/** @throws Error for a reason that no operation can return */
function sources(reason: Reason): string {
  if (commonReasons.some((common) => common === reason)) return "Every operation";
  const implied = [
    ...(impliedReasons("session").includes(reason) ? ["every operation that needs a session"] : []),
    ...(impliedReasons("task:read").includes(reason) ? ["every operation that needs a permission"] : []),
  ];
  const declaring = operations
    .filter(({ operation }) => operation.errors.includes(reason))
    .map(({ name }) => `[\`${name}\`](operations.md#${name.replaceAll(".", "").toLowerCase()})`);
  const all = [...implied, ...declaring];
  if (all.length === 0) throw new Error(`No operation declares the reason ${reason}. Remove it.`);
  const text = all.join(", ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}
