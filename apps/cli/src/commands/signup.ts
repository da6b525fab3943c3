import type { Command } from "commander";
import type { Start } from "../cli.ts";
import { examples } from "../examples.ts";
import { addSignInOptions, type SignInOptions, signUp } from "./sign-in.ts";
import { storeSignIn } from "./store-sign-in.ts";

export function addSignup(signup: Command, start: Start): void {
  addSignInOptions(signup)
    .addHelpText(
      "after",
      examples([
        "projo signup ann@example.com",
        "projo signup ann@example.com --password-stdin < password.txt",
      ]),
    )
    .action(async (email: string | undefined, options: SignInOptions, command: Command) => {
      const cli = start(command);
      const server = await cli.server();
      const signedIn = await signUp(cli, { server, email, options });
      await storeSignIn(cli, server, { signedIn, next: "create a workspace" });
    });
}
