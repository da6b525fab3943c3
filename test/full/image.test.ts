// The steps of deploy/docker/Dockerfile, in empty directories.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildImage, type Image } from "../deploy/image.ts";
import { noMachine } from "../deploy/machine.ts";

const root = join(import.meta.dirname, "../..");
const MINUTE_MS = 60_000;
/** The caches of packages on this machine. A builder has none, and downloads the packages. */
const caches = ["HOME", "http_proxy", "https_proxy", "no_proxy", "NODE_EXTRA_CA_CERTS"];

describe.skipIf(noMachine !== undefined)(
  `the image of the server${noMachine ? ` (${noMachine})` : ""}`,
  () => {
    let image: Image;
    beforeAll(async () => {
      const context = mkdtempSync(join(tmpdir(), "projo-context-"));
      // What the ignore file leaves: the files of the repository, without what a build or a developer's machine adds.
      const copy =
        'git ls-files -z --cached --others --exclude-standard | tar --null --files-from=- -c | tar -x --directory "$0"';
      execFileSync("sh", ["-c", copy, context], { cwd: root });
      const given = Object.entries(process.env).filter(
        ([name]) => caches.includes(name) || /^npm_config_/i.test(name),
      );
      const shared = {
        HOME: homedir(),
        ...Object.fromEntries(given.map(([name, value]) => [name, value ?? ""])),
      };
      image = await buildImage(readFileSync(join(root, "deploy/docker/Dockerfile"), "utf8"), context, shared);
      rmSync(context, { recursive: true });
    }, 30 * MINUTE_MS);
    afterAll(() => image?.remove(), 10 * MINUTE_MS);

    /** Runs a program as the user of the image, on its root, which cannot be written. */
    const runInside = (words: readonly string[], env: Readonly<Record<string, string>> = {}) => {
      const variables = Object.entries({ PATH: "/usr/local/bin:/usr/bin:/bin", ...image.env, ...env });
      const script = `mount -o remount,bind,ro "$0" && mount -t tmpfs tmpfs "$0/tmp" && exec chroot --userspec="$1" "$0" env --ignore-environment "\${@:2}"`;
      return spawnSync(
        "unshare",
        [
          "--mount",
          "bash",
          "-c",
          `mount --bind "$0" "$0" && cd / && ${script}`,
          image.root,
          image.user,
          ...variables.map(([name, value]) => `${name}=${value}`),
          ...words,
        ],
        { encoding: "utf8" },
      );
    };

    it("starts the program as an ordinary user on a read-only root", () => {
      const { stdout, stderr, status } = runInside([...image.entrypoint, "--version"]);
      expect(status, stderr).toBe(0);
      expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
      expect(image.user).toBe("1000:1000");
      expect(runInside(["touch", "/opt/projostack/file"]).stderr).toContain("Read-only file system");
    });

    it("refuses to serve without settings, each with its fix", () => {
      const { stderr, status } = runInside([...image.entrypoint, ...image.command]);
      expect(status).not.toBe(0);
      expect(stderr).toContain("PROJO_TOKEN_KEYS");
      expect(stderr).toContain("PROJO_SMTP_URL");
    });

    it("the container is unhealthy when nothing answers", () => {
      expect(runInside(image.healthcheck, { PORT: "9" }).status).toBe(1);
    });

    it("contains the program and its assets, and nothing of the repository", () => {
      const installed = join(image.root, "opt/projostack/node_modules/@projostack/server");
      for (const name of ["projostack.js", "migrations", "web/index.html"])
        expect(statSync(join(installed, name))).toBeTruthy();
      expect(
        spawnSync(
          "find",
          [join(image.root, "opt/projostack"), "-name", "*.ts", "-path", "*projostack/server*"],
          { encoding: "utf8" },
        ).stdout,
      ).toBe("");
    });
  },
);
