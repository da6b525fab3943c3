import type { NewOneTimeToken, Purpose } from "@projostack/db";
import type { Randomness } from "../../runtime/randomness.ts";

const HOUR = 60 * 60;

/** How long a mailed token works: a reset is asked for at a desk, an address may be verified tomorrow. */
const LIFETIME_SECONDS: Record<Purpose, number> = { "email.verify": 72 * HOUR, "password.reset": HOUR };

/** A token and the mail that brings it. The token itself comes to be when the mail is sent. */
export function newOneTimeToken(randomness: Randomness, purpose: Purpose): NewOneTimeToken {
  return {
    id: randomness.newId(),
    purpose,
    salt: randomness.bytes(32),
    seconds: LIFETIME_SECONDS[purpose],
    mailId: randomness.newId(),
    template: purpose,
  };
}
