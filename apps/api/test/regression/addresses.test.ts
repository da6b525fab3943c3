// Addresses as people write them, through the server, the database and a mail server.
import { expect, it } from "vitest";
import {
  arrive,
  call,
  eventually,
  foundWorkspace,
  password,
  readMail,
  signIn,
  startTestServer,
} from "../kit/index.ts";
import { server, setUpMail, smtp } from "../mail/mail-setup.ts";

setUpMail();

const signUp = (email: string) => call(server.url, "auth.signUp", { input: { email, password } });

it.each(["r&d@example.com", "c=fr/s=o'neill+x@example.com", "{a}!#$%*?^_`|~-@example.com"])(
  "creates an account for %s, which gets its mail",
  async (address) => {
    expect((await signUp(address)).status).toBe(200);
    const mail = await eventually(() => smtp.taken[0]);
    expect(mail.to).toEqual([address]);
    const { token } = readMail(mail.source);
    expect((await call(server.url, "email.verify", { input: { token } })).status).toBe(200);
    expect((await signIn(server, address)).email).toBe(address);
  },
);

it("A4 accepts an internationalized domain in both forms as one account, and mails to its ASCII form", async () => {
  const { data } = await signUp(" Ann@Bücher.example. ");
  expect(data).toMatchObject({ user: { email: "ann@xn--bcher-kva.example" } });
  expect((await eventually(() => smtp.taken[0])).to).toEqual(["ann@xn--bcher-kva.example"]);
  for (const form of ["ann@xn--bcher-kva.example", "ann@bu\u0308cher.example", "\u200bANN@BÜCHER.EXAMPLE"]) {
    expect((await signUp(form)).error?.reason).toBe("auth.email_taken");
    expect((await signIn(server, form)).id).toBe(data.user.id);
  }
  // A domain that mixes scripts is refused. A domain of another script has its own account, and its A-labels show it.
  expect((await signUp("ann@bu\u0441her.example")).status).toBe(400);
  expect((await signUp("ann@\u0430\u0440\u0440\u04cf\u0435.example")).data).toMatchObject({
    user: { email: "ann@xn--80ak6aa92e.example" },
  });
});

it("A4 counts the spellings of an address as one account in the rate limits", async () => {
  const strict = await startTestServer({ PROJO_LIMITS: "1" });
  try {
    const spellings = [
      "ann@bücher.example",
      " ann@BÜCHER.example",
      "ann@xn--bcher-kva.example.",
      `${" ".repeat(280)}ann@bücher.example`,
    ];
    const answers = [];
    for (let round = 0; round < 12; round += 1) {
      const email = spellings[round % spellings.length];
      answers.push((await call(strict.url, "auth.signIn", { input: { email, password: "wrong" } })).status);
    }
    expect(answers).toEqual([...Array.from({ length: 10 }, () => 401), 429, 429]);
  } finally {
    await strict.close();
  }
});

it("V3 accepts an invite to another spelling of the caller's address", async () => {
  const ada = await arrive(server, "ada");
  const workspaceId = await foundWorkspace(ada);
  const invited = await ada.call("invites.create", { email: "Ann@bu\u0308cher.example" }, workspaceId);
  expect(invited.data).toMatchObject({ email: "ann@xn--bcher-kva.example" });
  const again = await ada.call("invites.create", { email: "ann@xn--bcher-kva.example" }, workspaceId);
  expect(again.error?.reason).toBe("invite.exists");
  await signUp("ann@bücher.example");
  await server.database.owner("UPDATE users SET email_verified_at = now()");
  const ann = await signIn(server, "ann@bücher.example");
  expect((await ann.call("invites.accept", { token: invited.data.token })).status).toBe(200);
});

it("says which part of an address is wrong, and why", async () => {
  const { status, error } = await signUp("ann lee@example.com");
  expect(status).toBe(400);
  expect(error?.fieldErrors).toEqual({ email: ["The part before the @ contains a space."] });
});
