// The mails of a workspace: invites, and notices about keys whose creator has left.
import { describe, expect, it } from "vitest";
import { foundWorkspace, join, arrive, call, eventually, readMail, type Person } from "../kit/index.ts";
import {
  mailWhere,
  setUpMail,
  operator,
  outbox,
  makeMailDue,
  server,
  severalReads,
  smtp,
} from "./mail-setup.ts";

setUpMail();

async function newAdmin(): Promise<{ ada: Person; workspaceId: string }> {
  const ada = await arrive(server, "ada");
  return { ada, workspaceId: await foundWorkspace(ada, "Engines") };
}

/** Invites Grace while the mail server refuses every mail. @returns the invite's id */
async function inviteWithoutMail({
  ada,
  workspaceId,
}: {
  ada: Person;
  workspaceId: string;
}): Promise<string> {
  smtp.answers = (stage) => (stage === "MAIL" ? "451 4.3.0 not now" : undefined);
  const { data } = await ada.call(
    "invites.create",
    { email: "grace@example.com", role: "admin" },
    workspaceId,
  );
  await mailWhere(({ last_error: why }) => why !== null);
  return String(data.id);
}

/** Makes the mail server accept mail again, and waits until the server has read the outbox several times. */
async function unblockMail(): Promise<void> {
  smtp.answers = () => undefined;
  await makeMailDue();
  await severalReads();
}

const preview = (token: string) => call(server.url, "invites.preview", { input: { token } });
const lastMail = () => readMail(smtp.taken.at(-1)?.source ?? "");

describe("The mail of an invite", () => {
  it("names the inviter, the workspace, the role, both ways to accept, and the expiry", async () => {
    const { ada, workspaceId } = await newAdmin();
    await ada.call("invites.create", { email: "grace@example.com", role: "admin" }, workspaceId);
    await mailWhere(({ status }) => status === "sent");
    const { headers, text, html, link, token } = lastMail();
    expect(smtp.taken.map(({ to }) => to)).toEqual([["grace@example.com"]]);
    expect(headers.get("subject")).toBe('You are invited to "Engines"');
    expect(link).toBe(`https://app.example.com/accept-invite#token=${token}`);
    for (const body of [text, html]) {
      expect(body).toContain("ada@example.com");
      expect(body).toContain("as an admin");
      expect(body).toContain("projo invites accept");
      expect(body).toContain(token);
      expect(body).toMatch(/until \d{1,2} \w+ \d{4}, \d\d:\d\d UTC/);
    }
    expect((await preview(token)).data).toMatchObject({ email: "grace@example.com", role: "admin" });
  });

  it("names the service key that sent the invite", async () => {
    const { ada, workspaceId } = await newAdmin();
    const key = await ada.call(
      "serviceKeys.create",
      { name: "Onboarding", role: "admin", scopes: ["invite:manage"] },
      workspaceId,
    );
    const input = { email: "grace@example.com" };
    await call(server.url, "invites.create", { input, token: String(key.data.token) });
    await mailWhere(({ status }) => status === "sent");
    expect(lastMail().text).toContain('as a member, by the service "Onboarding".');
  });

  it("gets no header, recipient or link from the name of a workspace", async () => {
    const name = `Engines <b>x</b>, Bcc: eve@evil.example "http://evil.example" www.evil.example \u2028\u202e&`;
    const { ada, workspaceId } = await newAdmin();
    // The server now refuses such a name. It can come from an earlier release.
    await server.database.owner("UPDATE workspaces SET name = $2 WHERE id = $1", [workspaceId, name]);
    await ada.call("invites.create", { email: "grace@example.com" }, workspaceId);
    await mailWhere(({ status }) => status === "sent");
    const { headers, text, html } = lastMail();
    expect(smtp.taken[0]?.to).toEqual(["grace@example.com"]);
    expect([...headers.keys()].toSorted()).toEqual([
      "auto-submitted",
      "content-type",
      "date",
      "from",
      "message-id",
      "mime-version",
      "subject",
      "to",
    ]);
    expect(headers.get("to")).toBe("grace@example.com");
    for (const body of [text, html]) {
      expect(body).not.toMatch(/:\/\/evil|evil\.example|@evil|www\.evil|[\u2028\u202e]/);
    }
    expect(html).not.toContain("<b>");
    // The mail still contains the name.
    expect(text).toContain("Engines <b>x</ b>");
  });

  it("F7 leaves the outbox when the invite is revoked or accepted, or the inviter is no longer an admin", async () => {
    const { ada, workspaceId } = await newAdmin();
    const bob = await arrive(server, "bob");
    await join(server, workspaceId, bob, "admin");
    const grace = await arrive(server, "grace");
    const endings = [
      async (id: string) => ada.call("invites.revoke", { id }, workspaceId),
      async (id: string) => {
        const resent = await ada.call("invites.resend", { id }, workspaceId);
        return grace.call("invites.accept", { token: resent.data.token });
      },
    ];
    for (const end of endings) {
      const id = await inviteWithoutMail({ ada, workspaceId });
      expect((await end(id)).status).toBe(200);
      expect(await outbox()).toEqual([]);
      await unblockMail();
      await server.database.owner("DELETE FROM workspace_members WHERE user_id = $1", [grace.id]);
    }
    await inviteWithoutMail({ ada: bob, workspaceId });
    await ada.call("members.changeRole", { userId: bob.id, role: "viewer" }, workspaceId);
    // Only the notice to Bob about his role is left.
    expect((await outbox()).map(({ recipient }) => recipient)).toEqual(["bob@example.com"]);
    await unblockMail();
    expect(smtp.taken.map(({ to }) => to)).toEqual([["bob@example.com"]]);
  });

  it("V4, F7 leaves the outbox when the invite is resent, and the new mail contains a valid token", async () => {
    const { ada, workspaceId } = await newAdmin();
    const id = await inviteWithoutMail({ ada, workspaceId });
    await ada.call("invites.resend", { id }, workspaceId);
    expect(await outbox()).toHaveLength(1);
    await unblockMail();
    await mailWhere(({ status }) => status === "sent");
    expect(smtp.taken).toHaveLength(1);
    expect((await preview(lastMail().token)).status).toBe(200);
  });

  it("F7 becomes dead if the invite expires first, and the operator's program says that an admin must resend the invite", async () => {
    const { ada, workspaceId } = await newAdmin();
    const id = await inviteWithoutMail({ ada, workspaceId });
    await server.database.owner("UPDATE invites SET expires_at = now()");
    await server.database.owner("UPDATE mail_outbox SET expires_at = now()");
    await unblockMail();
    const mail = await mailWhere(({ status }) => status === "dead");
    expect(mail.last_error).toBe("the link expired first; MAIL FROM: 451 4.3.0 not now");
    expect(smtp.taken).toEqual([]);
    const [listed, one, all] = await Promise.all([
      operator("mail", "list"),
      operator("mail", "resend", mail.id),
      operator("mail", "resend", "--all-dead"),
    ]);
    expect(listed.out).toContain("dead  invite  grace@example.com");
    expect(one).toMatchObject({ code: 1, err: expect.stringContaining("an admin of its workspace") });
    expect(all).toMatchObject({ code: 0, out: expect.stringContaining("0 mails") });
    await ada.call("invites.resend", { id }, workspaceId);
    await eventually(() => smtp.taken.length === 1);
    expect((await preview(lastMail().token)).status).toBe(200);
    expect((await operator("mail", "list")).out).toBe("No mail is dead.\n");
  });

  it("F7 can be resent by the operator while the invite is pending, with a valid token", async () => {
    smtp.answers = (stage) => (stage === "RCPT" ? "550 5.1.1 no such mailbox" : undefined);
    const { ada, workspaceId } = await newAdmin();
    await ada.call("invites.create", { email: "grace@example.com" }, workspaceId);
    const { id } = await mailWhere(({ status }) => status === "dead");
    smtp.answers = () => undefined;
    expect(await operator("mail", "resend", id)).toMatchObject({ code: 0, err: "" });
    await mailWhere(({ status }) => status === "sent");
    expect((await preview(lastMail().token)).status).toBe(200);
  });

  it("remains pending until a server has the key of its token", async () => {
    const { ada, workspaceId } = await newAdmin();
    await inviteWithoutMail({ ada, workspaceId });
    await server.database.owner("UPDATE mail_outbox SET token_kid = 9");
    await unblockMail();
    const mail = await mailWhere(({ last_error: why }) => why?.includes("key") ?? false);
    expect(mail.status).toBe("pending");
    await server.database.owner("UPDATE mail_outbox SET token_kid = 1");
    await makeMailDue();
    await mailWhere(({ status }) => status === "sent");
    expect((await preview(lastMail().token)).status).toBe(200);
  });
});

describe("The notice about keys whose creator has left", () => {
  it("reaches every admin except the one who removed the creator, with the keys' names and without a token", async () => {
    const { ada, workspaceId } = await newAdmin();
    const grace = await arrive(server, "grace");
    const bob = await arrive(server, "bob");
    await join(server, workspaceId, bob, "admin");
    await join(server, workspaceId, grace, "admin");
    for (const name of ["worker", "https://evil.example/"]) {
      await grace.call("serviceKeys.create", { name, scopes: ["task:read"] }, workspaceId);
    }
    expect((await ada.call("members.remove", { userId: grace.id }, workspaceId)).status).toBe(200);
    await eventually(async () => (await outbox()).every(({ status }) => status === "sent"));
    // Grace gets the notice of her removal.
    expect(smtp.taken.flatMap(({ to }) => to).toSorted()).toEqual(["bob@example.com", "grace@example.com"]);
    const toBob = smtp.taken.find(({ to }) => to.includes("bob@example.com"));
    const { headers, text, html, link } = readMail(toBob?.source ?? "");
    expect(headers.get("subject")).toBe('Service keys without their creator in "Engines"');
    expect(link).toBe("");
    for (const body of [text, html]) {
      expect(body).toContain("grace@example.com is no longer a member");
      expect(body).toContain("worker");
      expect(body).not.toMatch(/pj[a-z]_|:\/\/|evil\.example/);
    }
    const [mail] = await outbox();
    expect(await operator("mail", "resend", mail?.id ?? "")).toMatchObject({ code: 0, err: "" });
    await eventually(() => smtp.taken.length === 3);
  });
});
