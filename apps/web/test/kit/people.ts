import { arrive, cookieMode, foundWorkspace, password, type Person } from "@projostack/api/testing";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import type { Application } from "./application.ts";

/** Fills in the form of sign-in. */
export async function fillSignIn(page: Page, email: string, secret: string = password): Promise<void> {
  await page.getByLabel("Email address").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(secret);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** Opens a page of the application as a user, who has signed in with the form, in a browser of its own. */
export async function openWithForm(application: Application, { email }: Person, path: string): Promise<Page> {
  const page = await application.open(path);
  await fillSignIn(page, email);
  await page.getByRole("button", { name: `Account menu of ${email}` }).waitFor();
  return page;
}

/** Opens a page like `openWithForm`. The browser gets its session without the form, which saves a third of the work. */
export async function openAs(
  application: Application,
  { email }: Person,
  path = "/workspaces",
): Promise<Page> {
  const browser = await application.openBrowser();
  const signedIn = await browser.request.post(`${application.url}/trpc/auth.signIn`, {
    data: { email, password },
    headers: cookieMode,
  });
  expect(signedIn.status()).toBe(200);
  const page = await browser.newPage();
  await page.goto(application.url + path);
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
