import { withOwner } from "@projostack/db";
import type { Load } from "../load/load.ts";
import type { Stack } from "../stack/stack.ts";
import { until } from "../stack/until.ts";
import type { Row } from "./row.ts";

/** A server that ends while it sends a mail keeps its claim for some time. Another server sends the mail after that. */
const LONGEST_DELIVERY_MS = 150_000;

/** Compares the mails that arrived with the invites that were acknowledged and that are stored. */
export async function mailRow({ mail, primary }: Stack, { ledger }: Load, quick: boolean): Promise<Row> {
  const acknowledged = ledger.invites.filter(({ create }) => create === "acknowledged");
  // A mail is not sent after its invite was revoked.
  const expected = acknowledged.filter(({ isRevoked }) => !isRevoked);
  const undelivered = () => expected.filter(({ email }) => !mail.received.has(email));
  // The short form does not wait for the end of such a claim.
  if (quick) {
    await withOwner(primary.owner, (owner) =>
      owner.query("UPDATE mail_outbox SET next_attempt_at = now() WHERE status = 'pending'"),
    );
  }
  await until("every mail has arrived", LONGEST_DELIVERY_MS, () => undelivered().length === 0).catch(
    () => {},
  );
  const { rows } = await withOwner(primary.owner, (owner) =>
    owner.query<{ email: string }>("SELECT email FROM invites"),
  );
  const stored = new Set(rows.map(({ email }) => email));
  const guests = ledger.invites.map(({ email }) => email);
  const withoutInvite = guests.filter((email) => mail.received.has(email) && !stored.has(email));
  const twice = guests.filter((email) => (mail.received.get(email) ?? 0) > 1);
  const lost = undelivered();
  const problems = [
    ...(lost.length > 0 ? [`${lost.length} mails did not arrive, such as the one to ${lost[0]?.email}`] : []),
    ...(withoutInvite.length > 0
      ? [`${withoutInvite.length} mails were sent for changes that were rolled back`]
      : []),
  ];
  return {
    fault: "mail after all faults",
    expected: "a mail for each invite that was not revoked, and none for a change that was rolled back",
    seen: `${acknowledged.length} invites, ${lost.length} without a mail, ${withoutInvite.length} mails without an invite, ${twice.length} sent twice`,
    problems,
    verdict: problems.length === 0 ? "met" : "MISSED",
  };
}
