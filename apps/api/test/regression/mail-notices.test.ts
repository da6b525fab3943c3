// People learn by mail what was done to their account and their memberships.
import { describe, expect, it } from "vitest";
import {
  arrive,
  arriveUnverified,
  call,
  eventually,
  foundWorkspace,
  join,
  password,
  readMail,
  startServerOver,
  type Person,
} from "../kit/index.ts";
import { outbox, server, settings, setUpMail, severalReads, smtp } from "../mail/mail-setup.ts";

setUpMail();

const newPassword = "an entirely different horse";

/** Waits for the mail to this address with this subject. */
const mailAbout = (email: string, subject: string) =>
  eventually(() =>
    smtp.taken
      .filter(({ to }) => to.includes(email))
      .map(({ source }) => readMail(source))
      .findLast(({ headers }) => headers.get("subject") === subject),
  );

const mailsTo = (email: string) => smtp.taken.filter(({ to }) => to.includes(email));

async function newTeam(
  name = "Engines",
  at = server,
): Promise<{ ada: Person; bob: Person; workspaceId: string }> {
  const [ada, bob] = [await arrive(at, "ada"), await arrive(at, "bob")];
  const workspaceId = await foundWorkspace(ada, name);
  await join(at, workspaceId, bob, "member");
  return { ada, bob, workspaceId };
}

const changePassword = (person: Person, from = password, to = newPassword) =>
  person.call("password.change", { currentPassword: from, newPassword: to });

describe("A notice", () => {
  it("reports a changed password, with the time, the address and the next step, and without a link", async () => {
    const bob = await arrive(server, "bob");
    expect((await changePassword(bob)).status).toBe(200);
    const { text, html } = await mailAbout(bob.email, "Your password was changed");
    for (const body of [text, html]) {
      expect(body).toMatch(
        /was changed on \d{1,2} \w+ \d{4}, \d\d:\d\d UTC, from the address (127\.0\.0\.1|::1)\./,
      );
      expect(body).toContain("If it was not you, set a new password at once");
      expect(body).not.toMatch(/pj[a-z]_|#token|https?:\/\//);
    }
  });

  it("reports a password that was reset", async () => {
    const bob = await arrive(server, "bob");
    await call(server.url, "password.requestReset", { input: { email: bob.email } });
    const { token } = await mailAbout(bob.email, "Set a new password");
    expect((await call(server.url, "password.reset", { input: { token, newPassword } })).status).toBe(200);
    const { text } = await mailAbout(bob.email, "Your password was reset");
    expect(text).toMatch(/with a link from a mail to this address on .* UTC, from the address/);
    expect(text).not.toContain(token);
  });

  it("reports nothing when the password was not changed", async () => {
    const bob = await arrive(server, "bob");
    expect((await changePassword(bob, "a wrong password")).status).toBe(403);
    await call(server.url, "password.reset", { input: { token: "pjo_AAAA", newPassword } });
    expect(await outbox()).toEqual([]);
  });

  it("reports a removal from a workspace, and quotes its name", async () => {
    const { ada, bob, workspaceId } = await newTeam('Engines "x" https://evil.example/');
    expect((await ada.call("members.remove", { userId: bob.id }, workspaceId)).status).toBe(200);
    const { text, html } = await mailAbout(
      bob.email,
      `You are no longer a member of "Engines 'x' https: / / evil. example/"`,
    );
    for (const body of [text, html]) {
      expect(body).toMatch(/You were removed from the workspace .* UTC\./);
      expect(body).not.toMatch(/evil\.example|:\/\//);
      // An admin's network address is no business of a member.
      expect(body).not.toContain("127.0.0.1");
    }
  });

  it("reports a changed role with the role before", async () => {
    const { ada, bob, workspaceId } = await newTeam();
    await ada.call("members.changeRole", { userId: bob.id, role: "admin" }, workspaceId);
    const { text } = await mailAbout(bob.email, 'Your role in "Engines" was changed');
    expect(text).toContain('You are now an admin of the workspace "Engines"');
    expect(text).toContain("Before, you were a member.");
  });

  it("the server sends no notice about an own change or an unchanged role", async () => {
    const { ada, bob, workspaceId } = await newTeam();
    await ada.call("members.changeRole", { userId: bob.id, role: "member" }, workspaceId);
    await bob.call("workspaces.leave", { workspaceId });
    await join(server, workspaceId, bob, "admin");
    await bob.call("members.changeRole", { userId: bob.id, role: "viewer" }, workspaceId);
    expect(await outbox()).toEqual([]);
  });

  it("the creator of a service key gets a notice if the key acts on the creator", async () => {
    const { ada, bob, workspaceId } = await newTeam();
    await join(server, workspaceId, await arrive(server, "cyd"), "admin");
    const key = await ada.call(
      "serviceKeys.create",
      { name: "K", role: "admin", scopes: ["member:manage"] },
      workspaceId,
    );
    const input = { userId: ada.id, role: "viewer" };
    expect((await call(server.url, "members.changeRole", { input, token: key.data.token })).status).toBe(200);
    await mailAbout(ada.email, 'Your role in "Engines" was changed');
    expect(mailsTo(bob.email)).toEqual([]);
  });

  it("F7 the server sends no notice when the change fails", async () => {
    const { ada, workspaceId } = await newTeam();
    const eve = await arrive(server, "eve");
    expect((await eve.call("members.remove", { userId: ada.id }, workspaceId)).status).toBe(404);
    const key = await ada.call(
      "serviceKeys.create",
      { name: "K", role: "admin", scopes: ["member:manage"] },
      workspaceId,
    );
    const input = { userId: ada.id };
    expect((await call(server.url, "members.remove", { input, token: key.data.token })).error?.reason).toBe(
      "member.last_admin",
    );
    expect(await outbox()).toEqual([]);
  });

  it("PROJO_MAIL_NOTICES turns off notices, except about passwords", async () => {
    const quiet = await startServerOver(server.database, { ...settings(), PROJO_MAIL_NOTICES: "none" });
    try {
      const { ada, bob, workspaceId } = await newTeam("Engines", quiet);
      const change = await ada.call("members.changeRole", { userId: bob.id, role: "viewer" }, workspaceId);
      const removal = await ada.call("members.remove", { userId: bob.id }, workspaceId);
      expect([change.status, removal.status]).toEqual([200, 200]);
      expect(await outbox()).toEqual([]);
      expect((await changePassword(bob)).status).toBe(200);
      expect((await outbox()).map(({ recipient }) => recipient)).toEqual([bob.email]);
    } finally {
      await quiet.close();
    }
  });
});

describe("R10 Many changes", () => {
  it("of a role share few notices, and the last one reports the last role", async () => {
    const { ada, bob, workspaceId } = await newTeam();
    let changes = 0;
    const flip = async (times: number) => {
      for (let round = 0; round < times; round += 1) {
        changes += 1;
        const role = changes % 2 === 1 ? "viewer" : "member";
        expect((await ada.call("members.changeRole", { userId: bob.id, role }, workspaceId)).status).toBe(
          200,
        );
      }
    };
    for (let batch = 0; batch < 6; batch += 1) {
      await flip(5);
      await severalReads();
    }
    await flip(1);
    expect(mailsTo(bob.email).length).toBeLessThanOrEqual(3);
    const waiting = (await outbox()).filter(({ status }) => status === "pending");
    expect(waiting).toHaveLength(1);
    expect(waiting[0]?.waits).toBeGreaterThan(3_000);
    await server.database.owner("UPDATE mail_outbox SET next_attempt_at = now() WHERE status = 'pending'");
    const total = await eventually(async () => {
      if ((await outbox()).some(({ status }) => status === "pending")) return undefined;
      const [row] = await server.database.owner<{ total: number }>(
        "SELECT sum(change_count)::integer AS total FROM mail_outbox",
      );
      return row?.total;
    });
    expect(total).toBe(changes);
    const last = readMail(mailsTo(bob.email).at(-1)?.source ?? "").text;
    expect(last).toContain("You are now a viewer");
    expect(last).toMatch(/Your role was changed \d+ times, the last time on/);
  });

  it("of a password on an unverified address cause one mail a day, because the mailbox may belong to somebody else", async () => {
    const eve = await arriveUnverified(server, "victim");
    let [from, to] = [password, newPassword];
    for (let round = 0; round < 4; round += 1) {
      expect((await changePassword(eve, from, to)).status).toBe(200);
      [from, to] = [to, from];
      await severalReads();
    }
    expect(mailsTo(eve.email)).toHaveLength(1);
    const waiting = (await outbox()).filter(({ status }) => status === "pending");
    expect(waiting).toHaveLength(1);
    expect(waiting[0]?.waits).toBeGreaterThan(80_000);
  });

  it("of a verified account's password reach the mailbox at once when the mailbox limits are used up", async () => {
    const strict = await startServerOver(server.database, { ...settings(), PROJO_LIMITS: "1" });
    try {
      const bob = await arrive(strict, "bob");
      for (let round = 0; round < 3; round += 1) {
        await call(strict.url, "password.requestReset", { input: { email: bob.email } });
      }
      expect((await changePassword(bob)).status).toBe(200);
      await mailAbout(bob.email, "Your password was changed");
    } finally {
      await strict.close();
    }
  });
});
