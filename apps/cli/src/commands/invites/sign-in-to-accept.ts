import type { Cli } from "../../cli.ts";
import { isInteractive } from "../../io.ts";
import { notSignedIn, type Server } from "../../connection/server.ts";
import { askChoice } from "../../terminal/prompts.ts";
import { readAccount, signUp } from "../sign-in.ts";
import { storeSignIn } from "../store-sign-in.ts";

const SIGN_UP = "sign up";
const SIGN_IN = "sign in";

/** Signs up or signs in as the invited user. Prompts, so it needs a terminal. @throws CliError */
export async function signInToAccept(cli: Cli, server: Server, email: string): Promise<Server> {
  if (!isInteractive(cli.io)) {
    throw notSignedIn(
      server.url,
      `projo login ${email} (or projo signup ${email}), then run this command again`,
    );
  }
  const choice = await askChoice(cli.io, {
    message: `You are not signed in. Is there an account for ${email}?`,
    nonInteractiveHint: "",
    choices: [
      { value: SIGN_UP, label: "No: create one" },
      { value: SIGN_IN, label: "Yes: sign in" },
    ],
  });
  const account = { server, email, options: {} };
  const signedIn =
    choice === SIGN_UP
      ? await signUp(cli, account)
      : await server.anonymous.auth.signIn(await readAccount(cli, account));
  await storeSignIn(cli, server, { signedIn, next: "continue" });
  return cli.server();
}
