import type { Command } from "commander";
import { usageError } from "../cli-error.ts";
import type { Start } from "../cli.ts";
import { examples } from "../examples.ts";
import { canonicalAddress } from "../names/canonical-address.ts";
import { addSignInOptions, readAccount, type SignInOptions } from "./sign-in.ts";
import { storeSignIn } from "./store-sign-in.ts";

export function addLogin(login: Command, start: Start): void {
  addSignInOptions(login)
    .addHelpText(
      "after",
      examples([
        "projo login ann@example.com",
        "projo login ann@example.com --password-stdin < password.txt",
        "projo login --url https://projo.example.com ann@example.com",
      ]),
    )
    .action(async (email: string | undefined, options: SignInOptions, command: Command) => {
      const cli = start(command);
      const { account: named } = command.optsWithGlobals<{ account?: string }>();
      if (email !== undefined && named !== undefined && canonicalAddress(email) !== canonicalAddress(named))
        throw usageError("The argument and --account name different accounts. Use one of them.");
      const server = await cli.server();
      const account = await readAccount(cli, { server, email: email ?? named, options });
      const signedIn = await server.anonymous.auth.signIn(account);
      await storeSignIn(cli, server, { signedIn, next: "select a workspace" });
    });
}
