// The steps of a life with the application. Each one acts as a person does in a page.
import { password } from "@projostack/api/testing";
import type { Page } from "playwright-core";
import { confirm } from "./dialogs.ts";

export async function signUp(page: Page, email: string): Promise<void> {
  await page.getByRole("link", { name: "Create an account" }).click();
  await page.getByLabel("Email address").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Create the account" }).click();
  await page.getByRole("heading", { name: "Workspaces" }).waitFor();
}

export async function verifyAddress(page: Page, link: string): Promise<void> {
  await page.goto(link);
  await page.getByRole("button", { name: "Verify the address" }).click();
  await page.getByText("Your email address is verified.").waitFor();
  await page.getByRole("link", { name: "Continue" }).click();
  await page.getByRole("heading", { name: "Workspaces" }).waitFor();
}

/** @returns the id of the workspace, which the page shows afterwards */
export async function createWorkspace(page: Page, name: string): Promise<string> {
  await page.getByRole("button", { name: "Create a workspace" }).click();
  await page.getByLabel("Name").fill(name);
  await page.keyboard.press("Enter");
  await page.waitForURL("**/w/*/projects");
  await page.getByRole("heading", { name: "Projects" }).waitFor();
  return new URL(page.url()).pathname.split("/")[2] ?? "";
}

export async function invite(page: Page, email: string, role: string): Promise<void> {
  await openSection(page, "Invites");
  await page.getByRole("button", { name: "Invite a person" }).click();
  await page.getByRole("dialog").getByLabel("Email address").fill(email);
  await page.getByRole("dialog").getByLabel("Role").selectOption(role);
  await confirm(page, "Send the invite");
  await confirm(page, "Done");
}

/** Joins a workspace with the mailed link, as a person without an account. */
export async function acceptInvite(page: Page, link: string): Promise<void> {
  await page.goto(link);
  await page.getByRole("button", { name: "Create an account" }).click();
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Create the account" }).click();
  await page.getByRole("button", { name: "Accept the invite" }).click();
  await page.waitForURL("**/w/*/projects");
}

export async function createTasks(page: Page, project: string, titles: readonly string[]): Promise<void> {
  await openSection(page, "Projects");
  await page.getByRole("button", { name: "Create a project" }).click();
  await page.getByLabel("Name", { exact: true }).fill(project);
  await page.keyboard.press("Enter");
  await page.getByRole("list", { name: "Projects" }).getByRole("link", { name: project }).click();
  await page.getByRole("heading", { name: "Tasks", level: 1 }).waitFor();
  for (const title of titles) {
    await page.getByRole("button", { name: "Create a task" }).click();
    await page.getByRole("dialog", { name: "Create a task" }).getByLabel("Title").fill(title);
    await page.keyboard.press("Enter");
    await page.getByRole("list", { name: "Tasks" }).getByText(title).waitFor();
  }
}

export async function deleteTask(page: Page, title: string): Promise<void> {
  await openSection(page, "Tasks");
  await page.getByRole("button", { name: `Delete “${title}”` }).click();
  await confirm(page, "Delete the task");
  await page.getByRole("status").getByText("The task is deleted.").waitFor();
}

export async function changeRole(page: Page, email: string, role: string): Promise<void> {
  await openSection(page, "Members");
  await page.getByRole("button", { name: `Change role of ${email}` }).click();
  await page.getByRole("dialog").getByLabel("Role").selectOption(role);
  await confirm(page, "Change the role");
  await page.getByRole("status").getByText(`The role of ${email} is now ${role}.`).waitFor();
}

export async function openSection(page: Page, name: string): Promise<void> {
  await page.getByRole("navigation", { name: "Workspace" }).getByRole("link", { name }).click();
  await page.getByRole("heading", { name, level: 1 }).waitFor();
}

export async function requestReset(page: Page, email: string): Promise<void> {
  await page.getByRole("link", { name: "Forgot your password?" }).click();
  await page.getByLabel("Email address").fill(email);
  await page.getByRole("button", { name: "Send the link" }).click();
  await page.getByText(`If ${email} has an account`).waitFor();
}

export async function resetPassword(page: Page, link: string, next: string): Promise<void> {
  await page.goto(link);
  await page.getByLabel("New password").fill(next);
  await page.getByRole("button", { name: "Set the password" }).click();
  await page.getByText("Your password is changed, and all sessions have ended.").waitFor();
}
