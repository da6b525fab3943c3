import type { Cli } from "../../cli.ts";
import { isInteractive } from "../../io.ts";
import { notSignedIn, type Server } from "../../server.ts";
import { askChoice } from "../../terminal/prompts.ts";
import { askAgain, keepSignIn, readSignIn } from "../sign-in.ts";

const SIGN_UP = "sign up";
const LOG_IN = "log in";

/** Nobody is signed in: makes the account that an invite is for, or signs in with it, where somebody can be asked. */
export async function arrive(cli: Cli, server: Server, email: string): Promise<Server> {
  if (!isInteractive(cli.io)) {
    throw notSignedIn(server.url, `projo login ${email} (or projo signup ${email}), then this again`);
  }
  const way = await askChoice(cli.io, {
    message: `Nobody is signed in. Is there an account for ${email}?`,
    instead: "",
    choices: [
      { value: SIGN_UP, label: "No: make one" },
      { value: LOG_IN, label: "Yes: sign in with it" },
    ],
  });
  const account = await readSignIn(cli, { url: server.url, email, options: {} });
  if (way === SIGN_UP) await askAgain(cli, account.password);
  const signedIn = await (way === SIGN_UP
    ? server.stranger.auth.signUp(account)
    : server.stranger.auth.signIn(account));
  await keepSignIn(cli, server, { signedIn });
  return cli.server();
}
