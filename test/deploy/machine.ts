// A machine of its own for a test: an overlay over this machine's files, with its own processes, network and systemd. What a
// script changes there is removed afterwards. It needs root and the namespaces of Linux.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

const SYSTEMD = "/lib/systemd/systemd";
const BOOT_SECONDS = 60;

/** The reason why this machine cannot run another one; undefined if it can. */
export const noMachine: string | undefined =
  process.getuid?.() !== 0
    ? "needs root"
    : !existsSync(SYSTEMD)
      ? "needs systemd: apt-get install systemd"
      : spawnSync("unshare", ["-mnpfuiC", "true"]).status === 0
        ? undefined
        : "needs the namespaces of Linux";

export interface MachineOptions {
  /** Files and directories of this machine that the working directory contains, by their names there. */
  readonly files: Readonly<Record<string, string>>;
  /** A script that runs before the machine starts, with the network of this machine. */
  readonly install: string;
}

export interface Machine {
  /** Runs a script in the working directory. @throws Error with the output */
  run(script: string): Promise<string>;
  close(): Promise<void>;
}

const WORK = "/srv/deployment";

export async function startMachine({ files, install }: MachineOptions): Promise<Machine> {
  const directory = mkdtempSync(join(tmpdir(), "projo-machine-"));
  for (const name of ["upper", "work", "root"]) mkdirSync(join(directory, name));
  const place = join(directory, "upper", WORK);
  mkdirSync(place, { recursive: true });
  for (const [name, source] of Object.entries(files)) copy(source, join(place, name));
  writeFileSync(join(directory, "boot"), boot);
  writeFileSync(join(directory, "install"), `set -euo pipefail\ncd ${WORK}\n${install}`);
  const log: string[] = [];
  const started = spawn("unshare", ["--mount", "bash", join(directory, "boot"), directory], {
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const ended = once(started, "exit");
  for (const stream of [started.stdout, started.stderr]) stream.on("data", (text) => log.push(String(text)));
  const close = async () => {
    const init = initOf(started.pid);
    // The end of its first process ends all processes of the machine, and its mounts.
    if (init !== undefined) process.kill(init, "SIGKILL");
    else started.kill("SIGKILL");
    await ended;
    rmSync(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 300 });
  };
  try {
    await untilBooted(started, log);
  } catch (error) {
    await close();
    throw error;
  }
  const run = (script: string) =>
    runIn(started, script).catch(async (error: unknown) => {
      const journal = await runIn(started, "journalctl --no-pager --lines=40 --output=cat");
      throw new Error(
        `${error instanceof Error ? error.message : String(error)}\nThe journal ends with:\n${journal}`,
        {
          cause: error,
        },
      );
    });
  return { run, close };
}

function copy(source: string, target: string): void {
  const { status, stderr } = spawnSync("cp", ["--recursive", source, target], { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
}

type Started = ReturnType<typeof spawn>;

async function untilBooted(started: Started, log: readonly string[]): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    if (started.exitCode !== null) throw new Error(`The machine ended:\n${log.join("")}`);
    if (log.join("").includes("booting\n")) {
      const state = await runIn(started, "systemctl is-system-running || true").catch(() => "");
      if (/running|degraded/.test(state)) return;
      if (tries > BOOT_SECONDS * 5) throw new Error(`systemd did not start: ${state}\n${log.join("")}`);
    }
    await delay(200);
  }
}

/** systemd is the only child of `unshare --fork`, which `started` has become. */
function initOf(pid: number | undefined): number | undefined {
  const { stdout } = spawnSync("pgrep", ["-P", String(pid)], { encoding: "utf8" });
  return stdout.trim() === "" ? undefined : Number(stdout.trim().split("\n")[0]);
}

async function runIn(started: Started, script: string): Promise<string> {
  const init = initOf(started.pid);
  if (init === undefined) throw new Error("The machine does not run.");
  const enter = [
    "--target",
    String(init),
    "--mount",
    "--pid",
    "--net",
    "--uts",
    "--ipc",
    "--cgroup",
    "--root",
  ];
  const env = ["env", "--ignore-environment", `PATH=${PATH}`, "HOME=/root", "LANG=C.UTF-8"];
  const shell = ["bash", "-euo", "pipefail", "-c", `cd ${WORK}\n${script}`];
  const child = spawn("nsenter", [...enter, ...env, ...shell], {
    cwd: "/",
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (output += String(text)));
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0) throw new Error(`Exit code ${code} of:\n${script}\n${output}`);
  return output;
}

const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Mounts the root of the machine, runs the install script, and becomes systemd in namespaces of its own. */
const boot = `set -euo pipefail
directory=$1
root=$directory/root
mount -t overlay overlay -o "lowerdir=/,upperdir=$directory/upper,workdir=$directory/work" "$root"
mount --bind /dev "$root/dev"
mount -t proc proc "$root/proc"
mount -t tmpfs tmpfs "$root/tmp"
cp "$directory/install" "$root/tmp/install"
chroot "$root" bash /tmp/install
umount "$root/dev" "$root/proc"
# No service of this machine starts by itself, and a package's service is not held back.
rm -rf "$root"/etc/systemd/system/*.wants/* "$root/usr/sbin/policy-rc.d"
cat >"$directory/start" <<'START'
set -euo pipefail
root=$1
cd "$root"
mount -t proc proc proc
mount -t sysfs -o ro sysfs sys
mount -t tmpfs -o mode=755 tmpfs run
mount -t tmpfs -o mode=755 tmpfs dev
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=0666 devpts dev/pts
mount -t tmpfs tmpfs dev/shm
ln -s pts/ptmx dev/ptmx
for name in null zero full random urandom tty; do touch "dev/$name"; mount --bind "/dev/$name" "dev/$name"; done
ln -s /proc/self/fd dev/fd
ln -s /proc/self/fd/0 dev/stdin
ln -s /proc/self/fd/1 dev/stdout
ln -s /proc/self/fd/2 dev/stderr
if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
  mount -t cgroup2 cgroup2 sys/fs/cgroup
else
  mount -t tmpfs -o mode=755 tmpfs sys/fs/cgroup
  mkdir sys/fs/cgroup/systemd
  mount -t cgroup -o none,name=systemd,xattr cgroup sys/fs/cgroup/systemd
fi
ip link set lo up
hostname machine
pivot_root . mnt
umount --lazy /mnt
# systemd hands secrets to a service by a mount that it moves between namespaces.
mount --make-rshared /
echo booting
exec env --ignore-environment container=other PATH=${PATH} ${SYSTEMD} --system --unit=basic.target
START
exec unshare --net --pid --fork --kill-child --mount --uts --ipc --cgroup bash "$directory/start" "$root"
`;
