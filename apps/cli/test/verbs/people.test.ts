// Members and invites: both are named by an email address.
import { startTestServer, type TestServer } from "@projostack/api/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { expectDone, type Shell } from "../kit.ts";
import { invite, jsonOf, openMember, openVerifiedAdmin } from "../people.ts";
import { recording } from "./recording.ts";

let server: TestServer;
let ann: Shell;
beforeAll(async () => {
  server = await startTestServer();
  ann = await openVerifiedAdmin(server, "ann@example.com");
});
afterAll(async () => {
  await ann?.close();
  await server?.close();
});

const projo = (...argv: string[]) => expectDone(ann.projo(argv));

it("members get shows several members, and yourself as me", async () => {
  const bob = await openMember(server, ann, { email: "bob@example.com" });
  const { out } = await projo("members", "get", "me", " Bob@Example.com ");
  expect(out).toMatch(
    /^ID: {6}[0-9a-f-]{36}\nEmail: {3}ann@example.com\nRole: {4}admin\nJoined: {2}\S+Z\n\nID: {6}[0-9a-f-]{36}\nEmail: {3}bob@example.com\n/,
  );
  const { userId } = await jsonOf<{ userId: string }>(ann, "members", "view", "bob@example.com");
  expect(await jsonOf(ann, "members", "get", userId.slice(0, 23).toUpperCase())).toMatchObject({ userId });
  const { fetch, operations } = recording();
  await expectDone(ann.projo(["members", "get", userId], { fetch }));
  expect(operations).toEqual(["members.get"]);
  await bob.close();
});

it("members remove says which invites end, and goes on after an unknown member", async () => {
  const cyd = await openMember(server, ann, { email: "cyd@example.com", role: "admin" });
  const dan = await openMember(server, ann, { email: "dan@example.com" });
  await invite(cyd, "eve@example.com");
  const argv = ["members", "remove", "cyd@example.com", "nobody@example.com", "dan@example.com"];
  const asked = await ann.projo(argv);
  expect([asked.code, asked.err]).toEqual([
    2,
    "projo: There is no terminal to ask for confirmation. To remove 2 members from the workspace, add --yes\n",
  ]);
  const { code, err } = await ann.projo([...argv, "--yes"]);
  expect(code).toBe(1);
  expect(err.split("\n")).toEqual([
    "Removed cyd@example.com from the workspace, and revoked 1 pending invite of this member.",
    'projo: There is no member "nobody@example.com". See: projo members list',
    "Removed dan@example.com from the workspace.",
    "projo: 1 of 3 members was not removed. See the errors above.",
    "",
  ]);
  expect((await cyd.projo(["tasks", "list"])).code).toBe(1);
  await cyd.close();
  await dan.close();
});

it("invites are shown and revoked, several at once, by address and by the beginning of the id", async () => {
  for (const email of ["fay@example.com", "gus@example.com"]) await invite(ann, email, "viewer");
  const fay = await jsonOf<{ id: string }>(ann, "invites", "get", "FAY@example.com");
  const { out } = await projo("invites", "show", fay.id.slice(0, 24));
  expect(out).toMatch(
    /^ID: +[0-9a-f-]{36}\nEmail: +fay@example.com\nRole: +viewer\nStatus: +pending\nInvited by: +ann@example.com\n/,
  );
  const { code, out: revoked } = await ann.projo([
    "invites",
    "revoke",
    fay.id,
    "gus@example.com",
    "fay@example.com",
    "--json",
  ]);
  expect([code, JSON.parse(revoked)]).toMatchObject([
    0,
    [
      { id: fay.id, status: "revoked" },
      { email: "gus@example.com", status: "revoked" },
    ],
  ]);
  expect(await jsonOf(ann, "invites", "get", fay.id)).toMatchObject({ status: "revoked" });
  const again = await ann.projo(["invites", "rm", "fay@example.com", fay.id]);
  expect(again.code).toBe(1);
  expect(again.err).toContain("2 of 2 invites were not revoked.");
});

it("members role asks for the member and the role on a terminal", async () => {
  const hal = await openMember(server, ann, { email: "hal@example.com", role: "admin" });
  const { err } = await expectDone(
    ann.projo(["members", "role"], {
      types: [
        ["Which member?", "\r"],
        ["Which role?", "\r"],
      ],
    }),
  );
  expect(err).toContain("hal@example.com now has the role viewer.");
  await hal.close();
});
