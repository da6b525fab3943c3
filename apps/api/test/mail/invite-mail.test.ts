// The mail of a workspace: what invites, and what tells of keys left behind.
import { describe, expect, it } from "vitest";
import { foundWorkspace, join, arrive, call, eventually, readMail, type Person } from "../kit/index.ts";
import { mailThat, openPostOffice, operator, outbox, passTime, server, smtp } from "./post-office.ts";

openPostOffice();

async function anAdmin(name = "Engines"): Promise<{ ada: Person; workspaceId: string }> {
  const ada = await arrive(server, "ada");
  return { ada, workspaceId: await foundWorkspace(ada, name) };
}

/** Invites Grace, while no mail gets out. @returns the invite's id */
async function held({ ada, workspaceId }: { ada: Person; workspaceId: string }): Promise<string> {
  smtp.answers = (stage) => (stage === "MAIL" ? "451 4.3.0 not now" : undefined);
  const { data } = await ada.call(
    "invites.create",
    { email: "grace@example.com", role: "admin" },
    workspaceId,
  );
  await mailThat(({ last_error: why }) => why !== null);
  return String(data.id);
}

/** Lets mail out again, and as much time pass as a mail that waits would need. */
async function letOut(): Promise<void> {
  smtp.answers = () => undefined;
  await passTime();
  await new Promise((passed) => setTimeout(passed, 2_200));
}

const preview = (token: string) => call(server.url, "invites.preview", { input: { token } });
const reader = () => readMail(smtp.taken.at(-1)?.source ?? "");

describe("an invite's mail", () => {
  it("says who invites, where to and as what, how to accept by link and at a terminal, and until when", async () => {
    const { ada, workspaceId } = await anAdmin();
    await ada.call("invites.create", { email: "grace@example.com", role: "admin" }, workspaceId);
    await mailThat(({ status }) => status === "sent");
    const { headers, text, html, link, token } = reader();
    expect(smtp.taken.map(({ to }) => to)).toEqual([["grace@example.com"]]);
    expect(headers.get("subject")).toBe('You are invited to "Engines"');
    expect(link).toBe(`https://app.example.com/invite#token=${token}`);
    for (const body of [text, html]) {
      expect(body).toContain("ada@example.com");
      expect(body).toContain("as an admin");
      expect(body).toContain("projo invites accept");
      expect(body).toContain(token);
      expect(body).toMatch(/until \d{1,2} \w+ \d{4}, \d\d:\d\d UTC/);
    }
    expect((await preview(token)).data).toMatchObject({ email: "grace@example.com", role: "admin" });
  });

  it("says that a service invites, by its name, when one does", async () => {
    const { ada, workspaceId } = await anAdmin();
    const key = await ada.call(
      "serviceKeys.create",
      { name: "Onboarding", role: "admin", scopes: ["invite:manage"] },
      workspaceId,
    );
    const input = { email: "grace@example.com" };
    await call(server.url, "invites.create", { input, token: String(key.data.token) });
    await mailThat(({ status }) => status === "sent");
    expect(reader().text).toContain('as a member, by the service "Onboarding".');
  });

  it("has no header, no recipient and no link of a workspace's name", async () => {
    const name = `Engines <b>x</b>, Bcc: eve@evil.example "http://evil.example" www.evil.example \u2028\u202e&`;
    const { ada, workspaceId } = await anAdmin(name);
    await ada.call("invites.create", { email: "grace@example.com" }, workspaceId);
    await mailThat(({ status }) => status === "sent");
    const { headers, text, html } = reader();
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
    // The name is there all the same.
    expect(text).toContain("Engines <b>x</ b>");
  });

  it("F7 is not sent once the invite was revoked, accepted, or its inviter stopped being an admin", async () => {
    const { ada, workspaceId } = await anAdmin();
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
      const id = await held({ ada, workspaceId });
      expect((await end(id)).status).toBe(200);
      expect(await outbox()).toEqual([]);
      await letOut();
      await server.database.owner("DELETE FROM workspace_members WHERE user_id = $1", [grace.id]);
    }
    await held({ ada: bob, workspaceId });
    await ada.call("members.changeRole", { userId: bob.id, role: "viewer" }, workspaceId);
    expect(await outbox()).toEqual([]);
    await letOut();
    expect(smtp.taken).toEqual([]);
  }, 60_000);

  it("V4, F7 that waits while the invite is sent again is not sent: the one that comes has a token that works", async () => {
    const scene = await anAdmin();
    const id = await held(scene);
    await scene.ada.call("invites.resend", { id }, scene.workspaceId);
    expect(await outbox()).toHaveLength(1);
    await letOut();
    await mailThat(({ status }) => status === "sent");
    expect(smtp.taken).toHaveLength(1);
    expect((await preview(reader().token)).status).toBe(200);
  });

  it("F7 whose invite expired before it could be sent is dead; an operator learns that the invite must be sent again", async () => {
    const scene = await anAdmin();
    const id = await held(scene);
    await server.database.owner("UPDATE invites SET expires_at = now()");
    await server.database.owner("UPDATE mail_outbox SET expires_at = now()");
    await letOut();
    const mail = await mailThat(({ status }) => status === "dead");
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
    await scene.ada.call("invites.resend", { id }, scene.workspaceId);
    await eventually(() => smtp.taken.length === 1);
    expect((await preview(reader().token)).status).toBe(200);
    expect((await operator("mail", "list")).out).toBe("No mail is dead.\n");
  }, 60_000);

  it("F7 that is dead while its invite waits is sent again by an operator, with the token that works", async () => {
    smtp.answers = (stage) => (stage === "RCPT" ? "550 5.1.1 no such mailbox" : undefined);
    const { ada, workspaceId } = await anAdmin();
    await ada.call("invites.create", { email: "grace@example.com" }, workspaceId);
    const { id } = await mailThat(({ status }) => status === "dead");
    smtp.answers = () => undefined;
    expect(await operator("mail", "resend", id)).toMatchObject({ code: 0, err: "" });
    await mailThat(({ status }) => status === "sent");
    expect((await preview(reader().token)).status).toBe(200);
  }, 60_000);

  it("is sent by no server whose key for it is gone, and by the one that has it", async () => {
    const { ada, workspaceId } = await anAdmin();
    await held({ ada, workspaceId });
    await server.database.owner("UPDATE mail_outbox SET token_kid = 9");
    await letOut();
    const mail = await mailThat(({ last_error: why }) => why?.includes("key") ?? false);
    expect(mail.status).toBe("pending");
    await server.database.owner("UPDATE mail_outbox SET token_kid = 1");
    await passTime();
    await mailThat(({ status }) => status === "sent");
    expect((await preview(reader().token)).status).toBe(200);
  });
});

describe("the mail that tells of keys left behind", () => {
  it("goes to every admin but the one who removed their maker, with the keys' names and no token", async () => {
    const { ada, workspaceId } = await anAdmin();
    const grace = await arrive(server, "grace");
    const bob = await arrive(server, "bob");
    await join(server, workspaceId, bob, "admin");
    await join(server, workspaceId, grace, "admin");
    for (const name of ["worker", "https://evil.example/"]) {
      await grace.call("serviceKeys.create", { name, scopes: ["task:read"] }, workspaceId);
    }
    expect((await ada.call("members.remove", { userId: grace.id }, workspaceId)).status).toBe(200);
    await mailThat(({ status }) => status === "sent");
    expect(smtp.taken.map(({ to }) => to)).toEqual([["bob@example.com"]]);
    const { headers, text, html, link } = reader();
    expect(headers.get("subject")).toBe('Service keys without their creator in "Engines"');
    expect(link).toBe("");
    for (const body of [text, html]) {
      expect(body).toContain("grace@example.com is no longer a member");
      expect(body).toContain("worker");
      expect(body).not.toMatch(/pj[a-z]_|:\/\/|evil\.example/);
    }
    const [mail] = await outbox();
    expect(await operator("mail", "resend", mail?.id ?? "")).toMatchObject({ code: 0, err: "" });
    await eventually(() => smtp.taken.length === 2);
  }, 60_000);
});
