// A workspace with everything that an export contains, on a server of its own.
import type { TestServer } from "@projostack/api/testing";
import { expectDone, type Shell } from "../kit.ts";
import { invite, jsonOf, openMember, openVerifiedAdmin } from "../people.ts";

export interface FilledWorkspace {
  /** Ann, the founder and admin. */
  readonly ann: Shell;
  /** Bob, a member. */
  readonly bob: Shell;
  readonly close: () => Promise<void>;
}

const STATUSES = ["todo", "doing", "done"];
const WORDS = ["Überprüfen", "fix ‑ the build", "日本語の題", 'say "hello", then leave', "a\ttab", "👩‍👩‍👧 plan"];

/** Fills a workspace with `rows` imported tasks, and some that people made, changed and deleted. */
export async function fillWorkspace(server: TestServer, rows: number): Promise<FilledWorkspace> {
  const ann = await openVerifiedAdmin(server, "ann@example.com");
  const bob = await openMember(server, ann, { email: "bob@example.com", role: "member" });
  const carol = await openMember(server, ann, { email: "carol@example.com", role: "viewer" });
  const projo = (...argv: string[]) => expectDone(ann.projo(argv));
  const csv = Array.from({ length: rows }, (_, at) => {
    const title = `${WORDS[at % WORDS.length]} ${at}`.replaceAll('"', '""');
    return `Project ${at % 7},"${title}",${STATUSES[at % 3]}`;
  });
  await ann.file("tasks.csv", `project,title,status\n${csv.join("\n")}\n`);
  await projo("tasks", "import", "tasks.csv");
  const { id: workspace } = await jsonOf<{ id: string }>(ann, "call", "workspaces.get");
  for (const shell of [bob, carol]) await expectDone(shell.projo(["workspaces", "use", workspace]));
  await projo("members", "role", "carol@example.com", "member");
  for (const [shell, title] of [
    [bob, "By Bob"],
    [carol, "By Carol"],
  ] as const)
    await expectDone(shell.projo(["tasks", "create", title, "--project", "Project 1"]));
  await expectDone(carol.projo(["workspaces", "leave", "--yes"]));
  await projo("members", "role", "bob@example.com", "admin");
  const changed = await jsonOf<{ items: { id: string }[] }>(ann, "tasks", "list", "--limit", "3");
  for (const { id } of changed.items) await projo("tasks", "update", id, "--status", "done");
  const [first] = changed.items;
  if (first) await projo("tasks", "delete", first.id, "--yes");
  await invite(ann, "dave@example.com", "viewer");
  await invite(ann, "erin@example.com", "admin");
  await projo("invites", "revoke", "erin@example.com");
  await projo("keys", "create", "nightly", "--scopes", "task:read,task:write", "--days", "30");
  await projo("keys", "create", "gone", "--scopes", "task:read");
  await projo("keys", "revoke", "gone", "--yes");
  return {
    ann,
    bob,
    close: async () => {
      for (const shell of [ann, bob, carol]) await shell.close();
    },
  };
}
