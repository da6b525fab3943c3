import { createStore } from "../api/store.ts";

/** The theme that the user selected. "system" follows the operating system. */
export type Theme = "system" | "light" | "dark";

// public/theme.js has applied the stored theme before the first paint.
const theme = document.documentElement.dataset["theme"];

export const themeStore = createStore<Theme>(theme === "light" || theme === "dark" ? theme : "system");

/** Applies the theme and stores it, where the browser allows it. */
export function selectTheme(selected: Theme): void {
  if (selected === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = selected;
  themeStore.set(selected);
  try {
    if (selected === "system") localStorage.removeItem("theme");
    else localStorage.setItem("theme", selected);
  } catch (error) {
    console.info("The theme applies until the page is closed, because the browser allows no storage.", error);
  }
}
