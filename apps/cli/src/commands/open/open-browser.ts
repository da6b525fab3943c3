import { spawn } from "node:child_process";
import type { Io } from "../../io.ts";

/** Some programs that open a page end at once, others with the browser. */
const WAIT_MS = 2_000;

/** Opens the URL in the user's browser. Returns false when there is no terminal or no browser. */
export async function openBrowser(io: Io, url: string): Promise<boolean> {
  const [program, ...words] = io.stdout.isTTY ? programOf(io) : [];
  if (program === undefined) return false;
  // BROWSER can name the place of the URL.
  const args = words.some((word) => word.includes("%s"))
    ? words.map((word) => word.replaceAll("%s", url))
    : [...words, url];
  const child = spawn(program, args, { env: { ...io.env }, stdio: "ignore", detached: true });
  child.unref();
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(true), WAIT_MS);
    const finish = (isOpen: boolean) => {
      clearTimeout(timer);
      resolve(isOpen);
    };
    child.once("error", () => finish(false));
    child.once("exit", (code) => finish(code === 0));
  });
}

/** The program that opens a URL, with its arguments. None on a Linux machine without a display. */
function programOf({ env, platform }: Io): readonly string[] {
  const own = env["BROWSER"];
  if (own) return own.split(" ").filter((word) => word !== "");
  if (platform === "darwin") return ["open"];
  // Unlike `start` of cmd, this interprets no character of the URL.
  if (platform === "win32") return ["rundll32", "url.dll,FileProtocolHandler"];
  return env["DISPLAY"] || env["WAYLAND_DISPLAY"] ? ["xdg-open"] : [];
}
