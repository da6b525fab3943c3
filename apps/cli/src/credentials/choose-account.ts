// Chooses the server and the account of a command: the option, else the environment variable, else the stored choice.
import { usageError } from "../cli-error.ts";
import { DEFAULT_URL, parseServerUrl } from "../connection/server-url.ts";
import type { Io } from "../io.ts";
import { canonicalAddress } from "../names/canonical-address.ts";
import { type Account, accountOf, type Credentials } from "./credentials.ts";

export interface AccountOptions {
  url?: string;
  account?: string;
}

export interface Choice {
  url: string;
  /** The email that --account or PROJO_ACCOUNT names. */
  email: string | undefined;
  /** The stored account with that email, else the active account of the server. */
  account: Account | undefined;
}

/** @throws CliError when the URL is invalid, or the account is stored for several servers */
export function chooseAccount(io: Io, options: AccountOptions, credentials: Credentials): Choice {
  const name = options.account ?? (io.env["PROJO_ACCOUNT"] || undefined);
  const email = name === undefined ? undefined : addressOf(name, options);
  const named = namedUrl(io, options);
  const byDefault = credentials.current ?? DEFAULT_URL;
  const url = named ?? (email === undefined ? byDefault : serverOf(email, credentials, byDefault));
  return { url, email, account: accountOf(credentials, url, email) };
}

/** @throws CliError when the text is no email address */
function addressOf(name: string, { account }: AccountOptions): string {
  if (/^[^@\s]+@[^@\s]+$/.test(name.trim())) return canonicalAddress(name);
  const source = account === undefined ? "PROJO_ACCOUNT" : "--account";
  throw usageError(`${source}: "${name}" is not an email address. Use a form such as ann@example.com`);
}

function namedUrl({ env }: Io, { url }: AccountOptions): string | undefined {
  if (url !== undefined) return parseServerUrl(url, "--url");
  const fromEnvironment = env["PROJO_URL"];
  return fromEnvironment ? parseServerUrl(fromEnvironment, "PROJO_URL") : undefined;
}

/** Without --url, the name of an account also chooses its server. */
function serverOf(email: string, credentials: Credentials, byDefault: string): string {
  if (accountOf(credentials, byDefault, email)) return byDefault;
  const urls = Object.keys(credentials.servers).filter((url) => accountOf(credentials, url, email));
  const [url = byDefault] = urls;
  if (urls.length <= 1) return url;
  throw usageError(`${email} is stored for several servers. Add --url with one of: ${urls.join(", ")}`);
}
