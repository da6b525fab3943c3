import type { Page } from "playwright-core";

/** Presses a button of the open dialog. */
export const confirm = (page: Page, action: string): Promise<void> =>
  page.getByRole("dialog").getByRole("button", { name: action, exact: true }).click();
