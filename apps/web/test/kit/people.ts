import { arrive, foundWorkspace, password, type Person } from "@projostack/api/testing";
import type { Page } from "playwright-core";
import type { Application } from "./application.ts";

/** Fills in the form of sign-in. */
export async function fillSignIn(page: Page, email: string, secret: string = password): Promise<void> {
  await page.getByLabel("Email address").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(secret);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** Opens a page of the application as a user, in a browser of its own. */
export async function openAs(
  application: Application,
  { email }: Person,
  path = "/workspaces",
): Promise<Page> {
  const page = await application.open(path);
  await fillSignIn(page, email);
  await page.getByRole("button", { name: `Account menu of ${email}` }).waitFor();
  return page;
}

/** Creates a user with a verified address and a workspace of their own, and opens a section of it. */
export async function openWorkspace(
  application: Application,
  name: string,
  section = "projects",
): Promise<{ readonly person: Person; readonly workspaceId: string; readonly page: Page }> {
  const person = await arrive(application.server, name);
  const workspaceId = await foundWorkspace(person);
  return { person, workspaceId, page: await openAs(application, person, `/w/${workspaceId}/${section}`) };
}
