// The reference of the error reasons: what each one means, what a caller does about it, and which operations declare it.
import { commonReasons, httpStatusOf, impliedReasons, operations, type Reason } from "@projostack/contract";
import {
  allReasons,
  cliTable,
  cliTexts,
  messagesOf,
  sdkTable,
  serverTable,
  startTable,
} from "./refusals/refusal-tables.ts";

type Missing = Extract<Reason, `${string}.not_found`>;

/**
 * What the program that made the call does. The compiler reports a reason without a line here, except a reason
 * `<thing>.not_found`, for which `missingRow` is the default.
 */
const advice: Record<Exclude<Reason, Missing>, string> & Partial<Record<Missing, string>> = {
  "request.malformed":
    "Send the request with an HTTP client or the SDK, to the right port. The server closes the connection.",
  "request.timeout":
    "Check the network, and send the request again. The [limits of connections](../connections.md) are settings of the server.",
  "request.url_too_long":
    "Send a shorter input. The URL and the headers of a request can have 16 KB together. The server closes the connection.",
  "request.headers_too_large":
    "Send fewer or shorter headers, for example fewer cookies. The URL and the headers of a request can have 16 KB together. The server closes the connection.",
  "request.expectation": "Omit the header `expect`, or send `expect: 100-continue`.",
  "input.malformed":
    "Send well-formed JSON in UTF-8. The message names the position of the first error. Do not repeat the same request.",
  "input.invalid":
    "Read `fieldErrors`: it lists the problems of each field by its dotted path. The message has the first problem. Correct the input.",
  "input.too_large": "Split the input into several calls. The limit for a request body is 100 KB.",
  "input.media_type": "Set the header `content-type: application/json`.",
  "input.encoding": "Switch off the compression of request bodies in the client or in the proxy.",
  "cursor.invalid":
    "Request the first page without a cursor. A cursor is valid only for the workspace, operation and filter that returned it.",
  "checkpoint.invalid":
    "Send the checkpoint exactly as `audit.checkpoint` returned it, for the same workspace.",
  "batch.not_allowed":
    "Send the long operation in a request of its own. The [list of operations](operations.md#operations) marks long operations.",
  "batch.too_large": "Split the batch. One request can contain up to ten calls.",
  "batch.mixed": "Send the queries as one batch with GET, and the mutations as another with POST.",
  "operation.not_found": "Check the name of the operation and the version of the server.",
  "operation.wrong_method":
    "Send queries with GET and mutations with POST. The header `Allow` names the method.",
  "auth.unauthenticated":
    "Refresh the session once and repeat the call. If `auth.refresh` returns this reason, ask the user to sign in. A service key with this reason is wrong, expired or revoked, or its workspace is deleted.",
  "auth.invalid_credentials":
    "Ask for the email address and the password again. The answer is the same for an unknown address and for a wrong password.",
  "auth.email_taken": "Offer to sign in, or to reset the password.",
  "auth.token_reused":
    "Delete the stored tokens and ask the user to sign in. Show the reason: another party may have a copy of the tokens. See [Sessions](../sessions.md#refresh-tokens).",
  "auth.email_unverified":
    "Ask the user to open the mailed link, or send a new link with `email.resendVerification`.",
  "auth.person_required": "Call the operation with the session of a user. Service keys cannot call it.",
  "token.invalid":
    "Ask the user to request a new link: `email.resendVerification` or `password.requestReset`.",
  "password.incorrect": "Ask for the current password again.",
  "session.not_found": "List the sessions again with `sessions.list`. The session may have ended already.",
  "limit.exceeded":
    "Wait for the number of seconds in `retryAfter`, then repeat the call. The refused call had no effect.",
  "workspace.required": "Send the header `x-workspace-id`, or select a workspace with `workspaces.switch`.",
  "workspace.not_found":
    "List the workspaces of the user with `workspaces.list`. The answer is the same for a workspace that does not exist, one that is deleted, and one of which the user is not a member.",
  "permission.denied":
    "Ask an admin of the workspace for another role, or for a key with another scope. See [Roles](roles.md).",
  "member.not_found": "List the members again with `members.list`.",
  "member.last_admin": "Give another member the role admin first, or delete the workspace.",
  "member.too_many":
    "Remove members, or ask the operator of the server for a higher quota. The invite stays valid.",
  "invite.not_found": "List the invites again with `invites.list`. The invite may be accepted or revoked.",
  "invite.exists": "Send the pending invite again with `invites.resend`, or revoke it with `invites.revoke`.",
  "invite.already_member": "Change the role of the member with `members.changeRole`.",
  "invite.too_many": "Revoke pending invites.",
  "invite.invalid":
    "Ask the user to sign in with the invited address and to open the mailed link, or to request a new invite. The answer is the same for every cause.",
  "key.not_found": "List the keys again with `serviceKeys.list`.",
  "key.too_many": "Revoke keys that are no longer used.",
  "key.too_many_tokens":
    "Deploy the newest token and wait until an earlier one ends: `previousExpiresAt` is the first such time. If the service may stop for a moment, rotate the key with `overlapHours: 0`.",
  "project.ambiguous": "Rename all but one of the projects, or use the id of one.",
  "project.too_many": "Delete projects, or ask the operator of the server for a higher quota.",
  "project.not_found":
    "List the projects again with `projects.list`. The answer is the same for a project of another workspace.",
  "task.too_many": "Delete tasks, or ask the operator of the server for a higher quota.",
  "task.not_found":
    "List the tasks again with `tasks.list`. The answer is the same for a task of another workspace.",
  "server.busy":
    "Wait for the number of seconds in `retryAfter`, then repeat the call. Read the state first if a second execution of a mutation is not harmless.",
  "server.unavailable":
    "Wait for the number of seconds in `retryAfter`, then repeat the call. Read the state first if a second execution of a mutation is not harmless.",
  "server.internal":
    "Report the request id to the operator of the server. The server's log has the details under this id.",
};

/** The advice for a row that the caller cannot find, by the operation that lists such rows. */
function missingRow(reason: Reason): string {
  const [thing = ""] = reason.split(".");
  const declaring = operations.find(({ operation }) => operation.errors.includes(reason));
  const [resource = ""] = declaring?.name.split(".") ?? [];
  return `List the ${resource} again with \`${resource}.list\`. The answer is the same for a ${thing} of another workspace.`;
}

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
| \`fieldErrors\` | object, optional | the problems of each input field, by its dotted path; \`""\` stands for the whole input |

\`error.message\` is text for users and may change between versions. The SDK throws a [\`ProjoError\`](../sdk.md) with the same fields, and \`projo --json\` prints them to stderr.

Each operation declares its reasons in the contract. The server reports any other failure as \`server.internal\`.

- **401** means that the server does not know the caller. **403** means that the caller is known and may not do this.
- **404** for an object means that it does not exist or that it belongs to another workspace. Both answers are identical, byte for byte.
- **503** does not say whether a mutation took effect: the connection to the database may be lost after the COMMIT.

A message consists of the cause and the next step. If a reason has several causes, each cause has its own message. The server closes
the connection after an error if it cannot tell where the next request begins.

## Messages of the server

${serverTable(actionOf)}

\`fieldErrors\` has the problems of single fields. Each begins with a verb, and the message repeats the first one: "The field limit must
be at most 100." The schemas of the [operations](operations.md) state all rules.

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

| reason | HTTP status |
| --- | --- |
${allReasons.map((reason) => `| [\`${reason}\`](#${reason.replaceAll(".", "")}) | ${httpStatusOf(reason)} |`).join("\n")}

${allReasons.map((reason) => section(reason, texts.get(reason) ?? [])).join("\n\n")}
`;
}

const actionOf = (reason: Reason): string => advice[reason] ?? missingRow(reason);

function section(reason: Reason, cliMessages: readonly string[]): string {
  const messages = messagesOf(reason).map((message) => `"${message.replaceAll("<", "\\<")}"`);
  const stated =
    messages.length === 1
      ? `: ${messages.join()}`
      : `. The message depends on the cause:\n\n${messages.map((message) => `- ${message}`).join("\n")}`;
  const inCli =
    cliMessages.length === 0 ? "" : `\n\n**In projo.** ${cliMessages.map((text) => `"${text}"`).join(" ")}`;
  return `## ${reason}

HTTP ${httpStatusOf(reason)}${stated}

**Action.** ${actionOf(reason)}${inCli}

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
