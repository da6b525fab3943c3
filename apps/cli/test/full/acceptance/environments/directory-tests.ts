// The packed and installed program where files cannot be written, or belong to others.
import { spawnSync } from "node:child_process";
import { chmod, cp, stat } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { credentialsPath } from "../../../stored-tokens.ts";
import { expireToken } from "./accounts.ts";
import type { Environment } from "./environment.ts";
import { errorOf } from "./place.ts";

const isRoot = process.getuid?.() === 0;
const canMount = isRoot && spawnSync("unshare", ["-m", "mount", "-t", "tmpfs", "none", "/mnt"]).status === 0;
const needsRoot = canMount ? "" : " (skipped: these tests need root, unshare and mount)";

const messages = (err: string) => err.split("\n").filter((text) => text.startsWith("projo: "));

/** @param openedEnvironment returns the environment, which is open before the first test */
export function directoriesTests(openedEnvironment: () => Environment): void {
  let folder: Environment["folder"];
  let program: Environment["program"];
  let shell: Environment["shell"];
  let ann: Environment["ann"];
  let bob: Environment["bob"];
  let line: Environment["line"];
  let generations: Environment["generations"];

  beforeAll(() => {
    ({ folder, program, shell, ann, bob, line, generations } = openedEnvironment());
  });

  /** Runs lines with a disk at ~/disk that holds a copy of the accounts. */
  const onDisk = (options: string, lines: string) => {
    const script = `mkdir -p disk && mount -t tmpfs -o ${options} tmpfs disk && mkdir -p disk/.config/projo && cp .config/projo/credentials.json disk/.config/projo/
    full() { dd if=/dev/zero of=disk/filler bs=1k count=400 2> /dev/null || true; }
    read_only() { mount -o remount,ro disk; }
    run() { HOME=$PWD/disk projo "$@"; echo "$1 $2: $?"; }
    ${lines}`;
    return line(`unshare -m sh -c '${script.replaceAll("'", "'\\''")}'`);
  };
  const diskPath = () => `${shell.home}/disk/.config/projo`;

  describe.skipIf(!canMount)(`directories${needsRoot}`, () => {
    beforeEach(() => openedEnvironment().selectOtherAnn());

    it("a read-only home can be used, and what cannot be stored is not done", async () => {
      const { out, err } = await onDisk(
        "size=256k",
        `read_only
      HOME=$PWD/disk projo projects list ${ann.options} --quiet > /dev/null; echo "list: $?"
      run auth switch bob@example.com --url ${bob.server.url}
      run logout ${ann.options}
      run config set color never
      cd disk; HOME=$PWD projo audit export --out log.ndjson ${ann.options}; echo "audit export: $?"
      HOME=$PWD projo workspaces export copy ${ann.options}; echo "workspaces export: $?"; ls -A`,
      );
      expect(out).toBe(
        "list: 0\nauth switch: 1\nlogout --url: 1\nconfig set: 1\naudit export: 1\nworkspaces export: 1\n.config\n",
      );
      const readOnly = "cannot be written: the file system is read-only.";
      const elsewhere = "Set PROJO_CONFIG_DIR to another directory.";
      expect(messages(err)).toEqual([
        `projo: ${diskPath()}/credentials.json ${readOnly} ${elsewhere}`,
        `projo: ${diskPath()}/credentials.json ${readOnly} ${elsewhere}`,
        `projo: ${diskPath()}/config.json ${readOnly} ${elsewhere}`,
        `projo: log.ndjson ${readOnly} Choose another file.`,
        expect.stringMatching(
          /^projo: copy cannot be written: the file system is read-only\. Choose another directory\.$/,
        ),
      ]);
      // The sign-out did not end the session, which the file still holds.
      expect(await line(`projo projects list ${ann.options} --quiet`)).toMatchObject({ code: 0, err: "" });
    });

    it("an expired token on a read-only or full disk is not lost", async () => {
      const before = await generations([ann]);
      await expireToken(shell.home, ann);
      const { out, err } = await onDisk(
        "size=256k",
        `full
      run projects list ${ann.options}
      rm disk/filler; read_only
      run projects list ${ann.options}
      run status ${ann.options} > /dev/null`,
      );
      expect(out).toBe("projects list: 1\nprojects list: 1\n");
      expect(messages(err)).toEqual([
        expect.stringContaining(
          "credentials.json cannot be written: the disk is full. Free some space, or set",
        ),
        expect.stringContaining("credentials.json cannot be written: the file system is read-only. Set"),
        expect.stringMatching(/The session could not be checked\. .* the file system is read-only\. Set/),
      ]);
      expect(await line(`projo projects list ${ann.options} --quiet`)).toMatchObject({ code: 0, err: "" });
      expect(await generations([ann])).toEqual(before.map((count) => count + 1));
    });

    it("an audit log that does not fit on the disk leaves no part of it", async () => {
      const { out, err } = await onDisk(
        "size=64k",
        `full
      cd disk; HOME=${shell.home} projo audit export --out log.ndjson ${ann.options}; echo "ended with $?"; ls`,
      );
      expect(out).toBe("ended with 1\nfiller\n");
      expect(messages(err)).toEqual([
        "projo: log.ndjson cannot be written: the disk is full. Free some space, or choose another file.",
      ]);
    });

    it("files of another user are named, also when only the accounts are theirs", async () => {
      const home = join(folder, "of-root");
      await cp(join(shell.home, ".config"), join(home, ".config"), { recursive: true });
      await chmod(folder, 0o755);
      await chmod(home, 0o755);
      await chmod(join(home, ".config"), 0o755);
      await chmod(join(home, ".config/projo"), 0o700);
      const asNobody = `exec setpriv --reuid 65534 --regid 65534 --clear-groups env HOME=${home} ${process.execPath} ${program}`;
      expect(errorOf(await line(`${asNobody} projects list ${ann.options}`))).toBe(
        `${home}/.config/projo/config.json cannot be read: you have no permission. Correct its permissions, or set PROJO_CONFIG_DIR to another directory.`,
      );
      await chmod(join(home, ".config/projo"), 0o755);
      expect(errorOf(await line(`${asNobody} projects list ${ann.options}`))).toMatch(
        /credentials\.json cannot be read: .* belongs to another user \(uid 0; you are uid 65534\)\./,
      );
    });
  });

  it("credentials that others could read are corrected once, and the warning shows no token", async () => {
    await chmod(credentialsPath(shell.home), 0o644);
    const { code, err } = await line(`projo projects list ${ann.options} --quiet`);
    expect([code, err]).toEqual([
      0,
      expect.stringMatching(
        /^Other users could read .*credentials\.json\. Now only you can\. [^\n]*projo [^\n]*logout\n$/,
      ),
    ]);
    expect(err).not.toMatch(/pj[ar]_/);
    expect((await stat(credentialsPath(shell.home))).mode & 0o777).toBe(0o600);
    expect((await line(`projo projects list ${ann.options} --quiet`)).err).toBe("");
  });
}
