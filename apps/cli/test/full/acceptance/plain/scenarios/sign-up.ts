// Preparations of the other scenarios: people with homes of their own.
import type { Step } from "../scenario.ts";
import { mailed } from "../world.ts";

/** Signs up the person and verifies the address. */
export const signUp = (address: string, as?: string): readonly Step[] => {
  const more = as === undefined ? {} : { as };
  return [
    hidden(`projo signup ${address} --password-stdin`, { stdin: "$PASSWORD", ...more }),
    verify(address.split("@")[0] ?? "", more),
  ];
};

export const verify = (person: string, more: Partial<Step> = {}): Step =>
  hidden("projo email verify --stdin", {
    stdin: "$VERIFICATION",
    before: mailed("VERIFICATION", person, "pjo_"),
    ...more,
  });

export const hidden = (line: string, more: Partial<Step> = {}): Step => ({ line, isHidden: true, ...more });
