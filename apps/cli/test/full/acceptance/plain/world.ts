// What a scenario works with: its directory, the variables of its lines, and the server.
import { eventually, mailsOf } from "@projostack/api/testing";
import { PASSWORD } from "../../../kit.ts";
import type { RunningServer } from "./serve.ts";

export interface World {
  readonly server: RunningServer;
  /** The domain of the addresses, such as `tasks.example`. */
  readonly domain: string;
  readonly variables: Map<string, string>;
  /** Texts that no message may contain. */
  readonly secrets: Set<string>;
}

/** The variables of every scenario. No account has the wrong password. */
export const commonVariables: Readonly<Record<string, string>> = {
  PASSWORD,
  NEW_PASSWORD: "a wide and silent valley",
  WRONG_PASSWORD: "a loud and narrow street",
  ABSENT: "019ac5a2-5d0f-7c3e-9a53-0f8a1d9a2c11",
};

/** Puts the newest token with this prefix that was mailed to the person into a variable: `pjo_` verifies an address, `pji_` is of an invite. */
export const mailed =
  (variable: string, person: string, prefix: string) =>
  async (world: World): Promise<void> => {
    const token = await eventually(async () => {
      const to = addressOf(world, person);
      const mails = (await mailsOf(world.server)).filter(({ headers }) => headers.get("to") === to);
      return mails
        .map((mail) => mail.token)
        .findLast((one) => one.startsWith(prefix) && !world.secrets.has(one));
    }, 120);
    world.variables.set(variable, token);
    world.secrets.add(token);
  };

export const addressOf = ({ domain }: World, person: string): string => `${person}@${domain}`;
