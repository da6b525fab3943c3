// The next commands in messages. A message names a command in its shortest form, such as `projo login`. A user who chose the server
// with --url, or the account with --account, must repeat the option, or the next command acts elsewhere.
import { type AccountOptions, chooseAccount } from "../credentials/choose-account.ts";
import { type Credentials, noCredentials } from "../credentials/credentials.ts";
import type { Io } from "../io.ts";

/**
 * Returns the options that the next command must repeat: `--url URL`, `--account EMAIL`, both or none. An option that names what
 * is chosen without it is not repeated.
 */
export function optionsToRepeat(io: Io, options: AccountOptions, credentials: Credentials): string {
  const { url, account } = options;
  const chosen = choiceOf(io, options, credentials);
  if (!chosen) return "";
  const withoutUrl = choiceOf(io, { ...(account !== undefined && { account }) }, credentials);
  const repeatsUrl = url !== undefined && withoutUrl?.url !== chosen.url;
  const withoutAccount = choiceOf(io, { ...(url !== undefined && { url }) }, credentials);
  const isDefault =
    withoutAccount?.url === chosen.url && withoutAccount.account?.email === chosen.account?.email;
  const repeatsAccount = account !== undefined && chosen.account !== undefined && !isDefault;
  return [
    ...(repeatsUrl ? [`--url ${quoted(chosen.url)}`] : []),
    ...(repeatsAccount && chosen.account ? [`--account ${quoted(chosen.account.email)}`] : []),
  ].join(" ");
}

/** Puts the options into each command that the message names: `projo login` becomes `projo --url URL login`. */
export function withOptions(message: string, options: string): string {
  if (options === "") return message;
  return message.replace(COMMAND, () => `projo ${options} `).replace(LOGIN_AS, "projo $<url>login $<email>");
}

/** Reads the options from the arguments of a command line, which may not have been parsed. Never throws. */
export async function optionsToRepeatOf(io: Io, argv: readonly string[]): Promise<string> {
  const url = valueOf(argv, "--url");
  const account = valueOf(argv, "--account");
  if (url === undefined && account === undefined) return "";
  const { credentialsFile } = await import("../credentials/credentials-file.ts");
  const credentials = await credentialsFile(io, () => {})
    .read()
    .catch(() => noCredentials);
  const options = { ...(url !== undefined && { url }), ...(account !== undefined && { account }) };
  return optionsToRepeat(io, options, credentials);
}

/** Commands in messages follow a colon, "or" or a pipe. Prose about projo does not. A help needs no options. */
const COMMAND = /(?<=: |\bor |\| )projo (?=[a-z])(?![a-z -]*--help)/g;

/** A sign-in takes the account as its argument. */
const LOGIN_AS = /projo (?<url>--url \S+ )?--account (?<email>\S+) login(?: \k<email>)?(?! \S+@)/g;

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
const quoted = (value: string): string =>
  /^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`;
