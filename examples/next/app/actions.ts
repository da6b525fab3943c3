"use server";
// A server action can set cookies: the client sets the session cookie after a sign-in, and deletes it after a sign-out.
import { isProjoError } from "@projostack/sdk";
import { refresh } from "next/cache";
import { redirect } from "next/navigation";
import { createProjoClient, isSignedOut } from "./projo-client.ts";
import { textOf } from "./text-of.ts";

/** The message of a failure, for `useActionState`. */
type Failure = string | null;

export async function signIn(_: Failure, form: FormData): Promise<Failure> {
  const { auth } = await createProjoClient();
  const input = { email: textOf(form, "email"), password: textOf(form, "password") };
  const isNew = form.get("action") === "sign-up";
  const failure = await failureOf(isNew ? auth.signUp(input) : auth.signIn(input));
  if (failure !== null) return failure;
  redirect("/");
}

export async function signOut(): Promise<void> {
  const { auth } = await createProjoClient();
  await auth.signOut();
  redirect("/sign-in");
}

export async function createWorkspace(_: Failure, form: FormData): Promise<Failure> {
  const { workspaces } = await createProjoClient();
  return await failureOf(workspaces.create({ name: textOf(form, "name") }));
}

export async function createProject(workspaceId: string, _: Failure, form: FormData): Promise<Failure> {
  const { projects } = (await createProjoClient()).workspace(workspaceId);
  return await failureOf(projects.create({ name: textOf(form, "name") }));
}

/** The browser sends all arguments of an action, also bound ones. ProjoStack checks that the user is a member. */
export async function createTask(
  { workspaceId, projectId }: { workspaceId: string; projectId: string },
  title: string,
): Promise<Failure> {
  const { tasks } = (await createProjoClient()).workspace(workspaceId);
  return await failureOf(tasks.create({ projectId, title }));
}

/** Waits for a change, and renders the page with it. Returns the message if the change fails. */
async function failureOf(call: PromiseLike<unknown>): Promise<Failure> {
  try {
    await call;
  } catch (error) {
    if (isSignedOut(error)) redirect("/sign-in");
    if (isProjoError(error)) return error.message;
    throw error;
  }
  refresh();
  return null;
}
