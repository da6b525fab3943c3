// Mass invites, with the default rate limits.
import { describe, expect, it } from "vitest";
import { foundWorkspace, startTestServer } from "../kit/index.ts";
import { guest } from "./guests.ts";

describe("Ten thousand invites of one account", () => {
  it("R1, R6 send 200 mails in an hour, also in batches, and the rest get 429 with Retry-After", async () => {
    const strict = await startTestServer({ PROJO_LIMITS: "1" });
    try {
      const eve = await guest(strict, "eve");
      const workspaceId = await foundWorkspace(eve, "Looms");
      const batchOf = async (from: number) => {
        const inputs = Array.from({ length: 10 }, (_, n) => [n, { email: `mass${from + n}@example.com` }]);
        const response = await fetch(
          `${strict.url}/trpc/${Array.from({ length: 10 }, () => "invites.create").join(",")}?batch=1`,
          {
            method: "POST",
            headers: {
              "content-type": "application/json",
              authorization: `Bearer ${eve.token}`,
              "x-workspace-id": workspaceId,
            },
            body: JSON.stringify(Object.fromEntries(inputs)),
          },
        );
        const answers = (await response.json()) as { error?: { data: { reason: string } } }[];
        return { retryAfter: response.headers.get("retry-after"), answers };
      };
      const reasons = new Map<string, number>();
      let last: string | null = null;
      for (let from = 0; from < 10_000; from += 100) {
        // Send one batch at a time: the ten calls of a batch lock the same workspace row anyway.
        const batches = [];
        for (let n = 0; n < 10; n += 1) batches.push(await batchOf(from + 10 * n));
        for (const { error } of batches.flatMap(({ answers }) => answers)) {
          const reason = error?.data.reason ?? "sent";
          reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
        }
        last = batches.at(-1)?.retryAfter ?? null;
      }
      expect(Object.fromEntries(reasons)).toEqual({ sent: 200, "limit.exceeded": 9_800 });
      const alone = await eve.call("invites.create", { email: "alone@example.com" }, workspaceId);
      expect(alone).toMatchObject({ status: 429, error: { reason: "limit.exceeded" } });
      for (const seconds of [last, alone.headers.get("retry-after")]) {
        expect(Number(seconds)).toBeGreaterThan(0);
        expect(Number(seconds)).toBeLessThanOrEqual(3_600);
      }
      expect(await strict.database.owner("SELECT count(*)::integer AS invites FROM invites")).toEqual([
        { invites: 200 },
      ]);
    } finally {
      await strict.close();
    }
  });

  it.each(["revoked", "declined"])(
    "R10 send at most five mails a day to one address, also with %s invites between them",
    async (between) => {
      const strict = await startTestServer({ PROJO_LIMITS: "1" });
      try {
        const eve = await guest(strict, "eve");
        const victim = await guest(strict, "victim");
        const workspaceId = await foundWorkspace(eve, "Looms");
        const statuses: number[] = [];
        for (let round = 0; round < 7; round += 1) {
          const answer = await eve.call("invites.create", { email: victim.email }, workspaceId);
          statuses.push(answer.status);
          const input = { id: answer.data?.id };
          if (answer.status !== 200) continue;
          const end = await (between === "revoked"
            ? eve.call("invites.revoke", input, workspaceId)
            : victim.call("invites.decline", input));
          expect(end.status).toBe(200);
        }
        expect(statuses).toEqual([200, 200, 200, 200, 200, 429, 429]);
        const other = await eve.call("invites.create", { email: "other@example.com" }, workspaceId);
        expect(other.status).toBe(200);
      } finally {
        await strict.close();
      }
    },
  );
});
