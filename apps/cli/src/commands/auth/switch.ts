import type { Command } from "commander";
import { CliError, usageError } from "../../cli-error.ts";
import type { Cli, Start } from "../../cli.ts";
import { withActive } from "../../credentials/credentials.ts";
import { type CredentialsFile, credentialsFile } from "../../credentials/credentials-file.ts";
import { type StoredAccount, storedAccounts } from "../../credentials/stored-accounts.ts";
import { examples } from "../../examples.ts";
import { isInteractive } from "../../io.ts";
import { canonicalAddress } from "../../names/canonical-address.ts";
import { sourceOf } from "../../settings/value-source.ts";
import { askChoice } from "../../terminal/prompts.ts";

export function addAuthSwitch(auth: Command, start: Start): void {
  auth
    .command("switch")
    .description(
      "Select the account and the server for later commands. With two accounts, changes to the other.",
    )
    .argument("[email-or-server]", "email address, or URL or host of a server (default: prompt for it)")
    .addHelpText(
      "after",
      examples([
        "projo auth switch",
        "projo auth switch bob@example.com",
        "projo auth switch https://projo.example.com",
      ]),
    )
    .action(async (name: string | undefined, _options: unknown, command: Command) => {
      const cli = start(command);
      const file = credentialsFile(cli.io, cli.message);
      const accounts = storedAccounts(await file.read());
      const { url, account: email } = command.optsWithGlobals<{ url?: string; account?: string }>();
      const named = name ?? email;
      const candidates =
        url === undefined ? accounts : accounts.filter((account) => isOnServer(account, url));
      const chosen = named === undefined ? await chooseOther(cli, candidates) : find(candidates, named);
      await activate(file, chosen);
      report(cli, chosen);
    });
}

/** Returns the only account beside the default one, or asks. */
async function chooseOther(cli: Cli, accounts: readonly StoredAccount[]): Promise<StoredAccount> {
  const others = accounts.filter(({ isDefault }) => !isDefault);
  const [first, second] = others;
  if (!first) {
    throw new CliError(
      "cli.no_other_account",
      "There is no other account. Add one: projo login EMAIL (for another server, with --url URL)",
    );
  }
  if (!second) return first;
  if (!isInteractive(cli.io)) throw usageError(`Add the account as an argument: ${namesOf(others)}`);
  const index = await askChoice(cli.io, {
    message: "Which account?",
    nonInteractiveHint: "",
    choices: others.map((account, at) => ({ value: String(at), label: nameOf(account) })),
  });
  return others[Number(index)] ?? first;
}

/** Finds the account by its email, or the active account of the named server. @throws CliError */
function find(accounts: readonly StoredAccount[], name: string): StoredAccount {
  const email = canonicalAddress(name);
  const named = accounts.filter((account) => account.email === email);
  const found = named.length > 0 ? named : accounts.filter((one) => one.isActive && isOnServer(one, name));
  const [first, second] = found;
  if (!first) {
    const known =
      accounts.length === 0 ? "You have no account here." : `Your accounts: ${namesOf(accounts)}.`;
    throw new CliError(
      "cli.account_not_found",
      `There is no account or server "${name}". ${known} To add one, run: projo login`,
    );
  }
  if (second) throw usageError(`Several accounts have that name. Add --url to choose one: ${namesOf(found)}`);
  return first;
}

/** The name is a URL, with or without its scheme. */
function isOnServer({ url }: StoredAccount, name: string): boolean {
  const plain = name.replace(/\/+$/, "").toLowerCase();
  const { host, hostname } = new URL(url);
  return [url.toLowerCase(), url.replace(/^https?:\/\//, "").toLowerCase(), host, hostname].includes(plain);
}

const nameOf = ({ email, url }: StoredAccount): string => `${email} on ${url}`;

const namesOf = (accounts: readonly StoredAccount[]): string => accounts.map(nameOf).join(", ");

async function activate(file: CredentialsFile, { url, email }: StoredAccount): Promise<void> {
  await file.lock(async () => {
    const credentials = await file.read();
    // Another process may have removed the account.
    const account = storedAccounts(credentials).find((one) => one.url === url && one.email === email);
    if (!account) throw new CliError("cli.account_not_found", `${email} on ${url} is no longer stored.`);
    const { url: _, isActive: _isActive, isDefault: _isDefault, ...stored } = account;
    await file.write(withActive(credentials, url, stored));
  });
}

function report(cli: Cli, { url, email, session, workspace }: StoredAccount): void {
  if (cli.json) cli.value({ url, email, workspace: workspace ?? null });
  else cli.message(`Now using ${email} on ${url}${workspace ? `, workspace ${workspace.name}` : ""}.`);
  if (!session) cli.message(`The session has ended. Run: projo login ${email}`);
  for (const variable of ["PROJO_TOKEN", "PROJO_URL", "PROJO_ACCOUNT"])
    if (cli.io.env[variable])
      cli.message(`${sourceOf(cli.io, variable)} is set and takes precedence over this choice.`);
}
