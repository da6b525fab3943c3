// What a program with the SDK of a release does with a server, and what it expects. `pnpm release:record` copies this file to
// the folder of the release, where it stays as it is. A test runs each recorded copy with the SDK of its release against the
// present server. So this file imports nothing of the repository, and uses only what the release has.
import assert from "node:assert/strict";

const password = "correct horse battery staple";

/**
 * The steps, in the order in which they run. Each receives the context: `sdk`, the module; `server`, with its `url`, the function
 * `mailToken(email)` and the function `expiredToken(sessionId)`; and `world`, which the steps share.
 */
export const steps = {
  "tells its health": async ({ sdk, server }) => {
    const { status, version } = await sdk.createClient({ baseUrl: server.url }).system.health();
    assert.equal(status, "ok");
    assert.match(version, /^\d+\.\d+\.\d+/);
  },

  "signs users up and verifies their addresses": async ({ sdk, server, world }) => {
    for (const name of ["ann", "ben"]) {
      const tokens = sdk.memoryTokenStore();
      const client = sdk.createClient({ baseUrl: server.url, tokens });
      const email = `${name}@example.com`;
      const signedIn = await client.auth.signUp({ email, password });
      assert.equal(signedIn.user.email, email);
      for (const field of ["accessToken", "accessTokenExpiresAt", "refreshToken"]) {
        assert.equal(typeof signedIn[field], "string");
      }
      assert.equal((await client.auth.me()).session.id, signedIn.session.id);
      assert.equal((await client.email.status()).emailVerifiedAt, null);
      await client.email.verify({ token: await server.mailToken(email) });
      assert.notEqual((await client.email.status()).emailVerifiedAt, null);
      world[name] = { client, tokens, email, id: signedIn.user.id, sessionId: signedIn.session.id };
    }
  },

  "refuses a wrong password with a reason": async ({ sdk, server, world }) => {
    const client = sdk.createClient({ baseUrl: server.url });
    const error = await failureOf(
      client.auth.signIn({ email: world.ann.email, password: "not the password" }),
    );
    assert.ok(sdk.isProjoError(error));
    assert.ok(error instanceof sdk.ProjoError);
    assert.equal(error.reason, "auth.invalid_credentials");
    assert.equal(error.code, "UNAUTHORIZED");
    assert.equal(error.status, 401);
    assert.equal(error.operation, "auth.signIn");
    assert.ok(error.requestId);
  },

  "refreshes a session once for several calls": async ({ server, world }) => {
    const { client, tokens, sessionId } = world.ann;
    const before = await tokens.get();
    await tokens.set({ ...before, accessToken: await server.expiredToken(sessionId) });
    const answers = await Promise.all([1, 2, 3, 4].map(() => client.auth.me()));
    assert.deepEqual(new Set(answers.map(({ session }) => session.id)), new Set([sessionId]));
    const after = await tokens.get();
    assert.notEqual(after.accessToken, before.accessToken);
    assert.equal(after.sessionId, sessionId);
  },

  "lists and ends sessions": async ({ sdk, server, world }) => {
    const other = sdk.createClient({ baseUrl: server.url });
    const { session } = await other.auth.signIn({ email: world.ann.email, password });
    const { items } = await world.ann.client.sessions.list();
    assert.ok(items.some(({ id }) => id === session.id));
    await world.ann.client.sessions.revoke({ id: session.id });
    assert.equal((await failureOf(other.auth.me())).reason, "auth.unauthenticated");
  },

  "creates, renames and lists workspaces": async ({ world }) => {
    const { client } = world.ann;
    const made = await client.workspaces.create({ name: "Acme" });
    assert.equal(made.role, "admin");
    world.acme = client.workspace(made.id);
    world.workspaceId = made.id;
    assert.equal((await world.acme.workspaces.get()).name, "Acme");
    assert.equal((await world.acme.workspaces.rename({ name: "Acme Works" })).name, "Acme Works");
    const { items } = await client.workspaces.list();
    assert.deepEqual(
      items.map(({ id }) => id),
      [made.id],
    );
  },

  "creates, finds and changes projects and tasks": async ({ world }) => {
    const { acme, ann } = world;
    const project = await acme.projects.create({ name: "Launch" });
    world.projectId = project.id;
    const found = await acme.projects.findOrCreate({ name: "Launch" });
    assert.deepEqual({ id: found.project.id, created: found.created }, { id: project.id, created: false });
    assert.equal((await acme.projects.update({ id: project.id, name: "Launch 2" })).name, "Launch 2");
    const task = await acme.tasks.create({ projectId: project.id, title: "Ship it" });
    assert.deepEqual(
      { title: task.title, status: task.status, createdBy: task.createdBy, projectId: task.projectId },
      { title: "Ship it", status: "todo", createdBy: ann.id, projectId: project.id },
    );
    assert.ok(!Number.isNaN(Date.parse(task.createdAt)));
    assert.deepEqual(await acme.tasks.get({ id: task.id }), task);
    assert.equal((await acme.tasks.update({ id: task.id, status: "done" })).status, "done");
    assert.deepEqual(await acme.tasks.delete({ id: task.id }), { id: task.id });
    assert.equal((await failureOf(acme.tasks.get({ id: task.id }))).reason, "task.not_found");
  },

  "creates many tasks once": async ({ world }) => {
    const items = Array.from({ length: 45 }, (_, index) => ({
      projectId: world.projectId,
      title: `Task ${index}`,
      externalId: `task-${index}`,
    }));
    const first = await world.acme.tasks.createMany({ items });
    assert.ok(first.items.every(({ created }) => created));
    const again = await world.acme.tasks.createMany({ items });
    assert.ok(again.items.every(({ created }) => !created));
  },

  "walks through pages, with filters and cursors": async ({ world }) => {
    const { acme } = world;
    const page = await acme.tasks.list({ limit: 20, status: "todo" });
    assert.equal(page.items.length, 20);
    assert.equal(typeof page.nextCursor, "string");
    const second = await acme.tasks.list({ limit: 20, status: "todo", cursor: page.nextCursor });
    assert.ok(!page.items.some(({ id }) => id === second.items[0].id));
    const titles = new Set();
    for await (const { title } of acme.tasks.list({ limit: 20 })) titles.add(title);
    assert.equal(titles.size, 45);
    let pages = 0;
    for await (const { items } of acme.tasks.list({ limit: 20 }).pages()) pages += items.length > 0 ? 1 : 0;
    assert.equal(pages, 3);
    const found = await acme.tasks.list({ search: "Task 44" });
    assert.deepEqual(
      found.items.map(({ title }) => title),
      ["Task 44"],
    );
    assert.equal((await failureOf(acme.tasks.list({ cursor: "no cursor" }))).reason, "cursor.invalid");
    assert.equal(
      (await failureOf(acme.tasks.list({ status: "done", cursor: page.nextCursor }))).reason,
      "cursor.invalid",
    );
  },

  "invites a member, who joins and gets another role": async ({ world }) => {
    const { acme, ben, workspaceId } = world;
    const invite = await acme.invites.create({ email: ben.email, role: "viewer" });
    const preview = await ben.client.invites.preview({ token: invite.token });
    assert.equal(preview.workspaceName, "Acme Works");
    const joined = await ben.client.invites.accept({ token: invite.token });
    assert.deepEqual({ id: joined.id, role: joined.role }, { id: workspaceId, role: "viewer" });
    world.acmeOfBen = ben.client.workspace(workspaceId);
    const task = { projectId: world.projectId, title: "Refused" };
    const refused = await failureOf(world.acmeOfBen.tasks.create(task));
    assert.deepEqual(
      { reason: refused.reason, status: refused.status },
      { reason: "permission.denied", status: 403 },
    );
    const member = await acme.members.changeRole({ userId: ben.id, role: "member" });
    assert.equal(member.role, "member");
    const { items } = await acme.members.list();
    assert.deepEqual(new Set(items.map(({ userId }) => userId)), new Set([world.ann.id, ben.id]));
  },

  "fails with declared reasons": async ({ sdk, server, world }) => {
    const { acme, ann } = world;
    const absent = "00000000-0000-4000-8000-000000000000";
    const cases = [
      [() => acme.projects.get({ id: absent }), "project.not_found", 404],
      [() => ann.client.workspace(absent).tasks.list(), "workspace.not_found", 404],
      [() => sdk.createClient({ baseUrl: server.url }).auth.me(), "auth.unauthenticated", 401],
      [
        () => sdk.createClient({ baseUrl: server.url, token: "unknown-token" }).auth.me(),
        "auth.unauthenticated",
        401,
      ],
      [() => ann.client.auth.signUp({ email: ann.email, password }), "auth.email_taken", 409],
      [() => acme.members.remove({ userId: absent }), "member.not_found", 404],
    ];
    for (const [call, reason, status] of cases) {
      const error = await failureOf(call());
      assert.deepEqual({ reason: error.reason, status: error.status }, { reason, status });
    }
    const invalid = await failureOf(acme.tasks.create({ projectId: world.projectId, title: "" }));
    assert.equal(invalid.reason, "input.invalid");
    assert.ok(invalid.fieldErrors.title.length > 0);
    assert.ok((await failureOf(acme.call("tasks.lst"))) instanceof sdk.UnknownOperationError);
  },

  "gives services keys, rotates and revokes them": async ({ sdk, server, world }) => {
    const { acme } = world;
    const key = await acme.serviceKeys.create({
      name: "worker",
      role: "member",
      scopes: ["task:read", "task:write"],
    });
    const service = sdk.createClient({ baseUrl: server.url, token: key.token });
    assert.equal((await service.tasks.list({ limit: 5 })).items.length, 5);
    const made = await service.tasks.create({ projectId: world.projectId, title: "By a service" });
    assert.equal(made.createdBy, world.ann.id);
    assert.equal((await failureOf(service.projects.create({ name: "Refused" }))).reason, "permission.denied");
    assert.equal((await failureOf(service.auth.me())).reason, "auth.person_required");
    const rotated = await acme.serviceKeys.rotate({ id: key.id });
    assert.notEqual(rotated.token, key.token);
    const renewed = sdk.createClient({ baseUrl: server.url, token: rotated.token });
    assert.equal((await renewed.tasks.list({ limit: 1 })).items.length, 1);
    await acme.serviceKeys.revoke({ id: key.id });
    assert.equal((await failureOf(renewed.tasks.list())).reason, "auth.unauthenticated");
    const { items } = await acme.serviceKeys.list();
    assert.equal(items[0].status, "revoked");
  },

  "reads and verifies the audit log": async ({ world }) => {
    const { acme } = world;
    const { items } = await acme.audit.list({ limit: 50 });
    const actions = new Set(items.map(({ action }) => action));
    for (const action of ["invite.accepted", "key.created", "key.revoked", "task.deleted"])
      assert.ok(actions.has(action), action);
    const checkpoint = await acme.audit.checkpoint();
    const verdict = await acme.audit.verify({ checkpoint });
    assert.deepEqual({ intact: verdict.intact, done: verdict.done }, { intact: true, done: true });
    const { text, done } = await acme.audit.export({ format: "ndjson" });
    assert.ok(done);
    for (const line of text.trim().split("\n")) JSON.parse(line);
  },

  "answers plain HTTP: queries, mutations, batches and refusals": async ({ server, world }) => {
    const { accessToken } = await world.ann.tokens.get();
    const headers = { authorization: `Bearer ${accessToken}`, "x-workspace-id": world.workspaceId };
    const url = (name, input) =>
      `${server.url}/trpc/${name}${input === undefined ? "" : `?input=${encodeURIComponent(JSON.stringify(input))}`}`;
    const query = await fetch(url("tasks.list", { limit: 2 }), { headers });
    assert.equal(query.status, 200);
    assert.ok(query.headers.get("x-request-id"));
    assert.equal((await query.json()).result.data.items.length, 2);

    const json = { ...headers, "content-type": "application/json" };
    const body = JSON.stringify({ name: "By plain HTTP" });
    const mutation = await fetch(url("projects.create"), { method: "POST", headers: json, body });
    assert.equal((await mutation.json()).result.data.name, "By plain HTTP");

    const names = Array.from({ length: 10 }, () => "auth.me").join(",");
    const batch = await fetch(`${server.url}/trpc/${names}?batch=1&input=%7B%7D`, { headers });
    const answers = await batch.json();
    assert.equal(answers.length, 10);
    assert.ok(answers.every(({ result }) => result.data.user.id === world.ann.id));

    const wrongMethod = await fetch(url("projects.create", { name: "x" }), { headers });
    assert.equal(wrongMethod.status, 405);
    const { error } = await wrongMethod.json();
    assert.equal(error.data.reason, "operation.wrong_method");
    assert.ok(error.data.requestId);
    const absent = await fetch(url("no.operation"), { headers });
    assert.equal((await absent.json()).error.data.reason, "operation.not_found");
  },

  "signs out": async ({ world }) => {
    await world.ann.client.auth.signOut();
    assert.equal(await world.ann.tokens.get(), undefined);
    assert.equal((await failureOf(world.ann.client.auth.me())).reason, "auth.unauthenticated");
    await world.ben.client.auth.signOutEverywhere();
    assert.equal((await failureOf(world.ben.client.auth.me())).reason, "auth.unauthenticated");
  },
};

/** Waits for a call to fail. @returns its error */
async function failureOf(call) {
  try {
    await call;
  } catch (error) {
    return error;
  }
  throw new assert.AssertionError({ message: "The call succeeded, and a failure was expected." });
}
