// The processor time and memory of a process, from /proc on Linux and from `ps` on other systems.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

export interface Resources {
  cpuMs(): number;
  rssMb(): number;
  peakRssMb(): number;
}

export const resourcesOf = (pid: number): Resources =>
  process.platform === "linux" ? linuxResources(pid) : psResources(pid);

/** The tick of /proc (USER_HZ = 100), the same on every architecture that Node supports. */
const TICK_MS = 10;

function linuxResources(pid: number): Resources {
  const statusMb = (field: string): number => {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    return Number(new RegExp(`^${field}:\\s*(\\d+) kB$`, "m").exec(status)?.[1]) / 1024;
  };
  return {
    cpuMs: () => {
      const line = readFileSync(`/proc/${pid}/stat`, "utf8");
      // The second field is a name in parentheses that may contain spaces, so fields are counted from its end. User time is field 14.
      const fields = line.slice(line.lastIndexOf(")") + 2).split(" ");
      return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
    },
    rssMb: () => statusMb("VmRSS"),
    peakRssMb: () => statusMb("VmHWM"),
  };
}

function psResources(pid: number): Resources {
  const psField = (field: string) =>
    execFileSync("ps", ["-o", `${field}=`, "-p", String(pid)], { encoding: "utf8" });
  let peak = 0;
  const rssMb = () => {
    const mb = Number(psField("rss")) / 1024;
    peak = Math.max(peak, mb);
    return mb;
  };
  return {
    cpuMs: () => psTimeMs(psField("time").trim()),
    rssMb,
    peakRssMb: () => Math.max(rssMb(), peak),
  };
}

/** Parses `[[days-]hours:]minutes:seconds`. The seconds may have decimals. */
function psTimeMs(time: string): number {
  const [days, clock] = time.includes("-") ? time.split("-") : ["0", time];
  const seconds = (clock ?? "").split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
  return (Number(days) * 86_400 + seconds) * 1000;
}
