import type { NewOneTimeToken, Purpose } from "@projostack/db";
import type { Randomness } from "../../runtime/randomness.ts";

const HOUR = 60 * 60;

/** The lifetime of a mailed token: one hour to set a new password, 72 hours to verify an address. */
const LIFETIME_SECONDS: Record<Purpose, number> = { "email.verify": 72 * HOUR, "password.reset": HOUR };

/** Creates the row of a one-time token and of its mail. The token itself is computed when the mail is sent. */
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
