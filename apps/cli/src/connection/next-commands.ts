// The next commands in messages. A message names a command in its shortest form, such as `projo login`. A user who chose the server
// with --url, the account with --account or the workspace with --workspace must repeat the option, or the next command acts elsewhere.
import { type AccountOptions, type Choice, chooseAccount } from "../credentials/choose-account.ts";
import { type Credentials, noCredentials } from "../credentials/credentials.ts";
import type { Io } from "../io.ts";

/** The options that the next command must repeat. */
export interface OptionsToRepeat {
  /** `--url URL`, `--account EMAIL`, both or none. */
  readonly ofEach: string;
  /** `--workspace NAME`, or nothing: for commands that act in a workspace. */
  readonly ofWorkspace: string;
  /** `--url URL`, or nothing: for a sign-in, which takes the account as its argument. */
  readonly ofSignIn: string;
  /** The account of a sign-in, or nothing. */
  readonly signsInAs: string;
}

export interface ChoosingOptions extends AccountOptions {
  workspace?: string;
}

const NOTHING: OptionsToRepeat = { ofEach: "", ofWorkspace: "", ofSignIn: "", signsInAs: "" };

/** An option that names what is chosen without it is not repeated. */
export function optionsToRepeat(io: Io, options: ChoosingOptions, credentials: Credentials): OptionsToRepeat {
  const { url, account, workspace } = options;
  const chosen = choiceOf(io, options, credentials);
  if (!chosen) return NOTHING;
  const ofUrl: AccountOptions = url === undefined ? {} : { url };
  const ofAccount: AccountOptions = account === undefined || !chosen.account ? {} : { account };
  // The fewest options that choose the same.
  const fewest: readonly AccountOptions[] = [{}, ofUrl, ofAccount];
  const repeated = fewest.find((few) => isSame(choiceOf(io, few, credentials), chosen)) ?? {
    ...ofUrl,
    ...ofAccount,
  };
  const { url: repeatsUrl, account: repeatsAccount } = repeated;
  const selected = chosen.account?.workspace;
  const byDefault = io.env["PROJO_WORKSPACE"] ? [io.env["PROJO_WORKSPACE"]] : [selected?.id, selected?.name];
  return {
    ofEach: [
      ...(repeatsUrl === undefined ? [] : [`--url ${quoted(chosen.url)}`]),
      ...(repeatsAccount === undefined || !chosen.account
        ? []
        : [`--account ${quoted(chosen.account.email)}`]),
    ].join(" "),
    ofSignIn: choiceOf(io, {}, credentials)?.url === chosen.url ? "" : `--url ${quoted(chosen.url)}`,
    signsInAs: repeatsAccount === undefined || !chosen.account ? "" : quoted(chosen.account.email),
    ofWorkspace:
      workspace === undefined || byDefault.includes(workspace) ? "" : `--workspace ${quoted(workspace)}`,
  };
}

/** Puts the options into each command that the message names: `projo login` becomes `projo --url URL login`. */
export function withOptions(message: string, repeated: OptionsToRepeat): string {
  const { ofEach, ofWorkspace, ofSignIn, signsInAs } = repeated;
  if (ofEach === "" && ofWorkspace === "") return message;
  return message.replaceAll(COMMAND, (command: string, rest: string, at: number) => {
    if (!/^login\b/.test(rest)) {
      const options = IN_WORKSPACE.test(rest) ? [ofEach, ofWorkspace] : [ofEach];
      return joined("projo", ...options, rest);
    }
    const hasAddress = /^login \S*@/.test(rest + message.slice(at + command.length));
    const words = hasAddress ? [rest] : ["login", signsInAs, rest.replace(/^login ?/, "")];
    return joined("projo", ofSignIn, ...words);
  });
}

const joined = (...words: readonly string[]): string => words.filter((word) => word !== "").join(" ");

/** Reads the options from the arguments of a command line, which may not have been parsed. Never throws. */
export async function optionsToRepeatOf(io: Io, argv: readonly string[]): Promise<OptionsToRepeat> {
  const options: ChoosingOptions = {};
  for (const name of ["url", "account", "workspace"] as const) {
    const value = valueOf(argv, `--${name}`);
    if (value !== undefined) options[name] = value;
  }
  if (Object.keys(options).length === 0) return NOTHING;
  const { credentialsFile } = await import("../credentials/credentials-file.ts");
  const credentials = await credentialsFile(io, () => {})
    .read()
    .catch(() => noCredentials);
  return optionsToRepeat(io, options, credentials);
}

/** Commands in messages follow a colon, "or" or a pipe. Prose about projo does not. A help needs no options. */
const COMMAND = /(?<=: |\bor |\| )projo ([a-z]+(?: [a-z][a-z-]*)?)(?![a-z -]*--help)/g;

/** Commands that act in the workspace of --workspace. */
const IN_WORKSPACE =
  /^(?:(?:tasks|projects|members|keys|audit)\b|invites (?:create|list|get|resend|revoke)|workspaces (?:get|rename|leave|delete|export|import))/;

const isSame = (one: Choice | undefined, other: Choice): boolean =>
  one?.url === other.url && one.account?.email === other.account?.email;

/** Returns undefined for an invalid option, which the message is about. */
function choiceOf(io: Io, options: AccountOptions, credentials: Credentials) {
  try {
    return chooseAccount(io, options, credentials);
  } catch {
    return undefined;
  }
}

function valueOf(argv: readonly string[], option: string): string | undefined {
  const index = argv.findIndex((word) => word === option || word.startsWith(`${option}=`));
  const word = argv[index];
  return word === option ? argv[index + 1] : word?.slice(option.length + 1);
}

/** Quotes a value with characters that a shell interprets. */
export const quoted = (value: string): string =>
  /^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`;
