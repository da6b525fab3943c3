// Runs the steps of a Dockerfile without a container engine. Each stage is an overlay over this machine's files, which stands
// for the base image, so a step sees the programs of this machine. It needs root.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Copy, DockerfileParser, type Instruction } from "dockerfile-ast";

/** What a container of the image gets. */
export interface Image {
  /** The directory that is the root of the last stage. */
  readonly root: string;
  readonly env: Readonly<Record<string, string>>;
  readonly user: string;
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly healthcheck: readonly string[];
  remove(): Promise<void>;
}

interface Stage {
  readonly name: string;
  readonly root: string;
  readonly env: Record<string, string>;
  place: string;
  user: string;
  entrypoint: string[];
  command: string[];
  healthcheck: string[];
}

/** @param context the files that COPY reads @param shared variables that each step gets, such as those of a package cache */
export async function buildImage(
  text: string,
  context: string,
  shared: Readonly<Record<string, string>>,
): Promise<Image> {
  const directory = mkdtempSync(join(tmpdir(), "projo-image-"));
  const stages: Stage[] = [];
  const remove = async () => {
    for (const { root } of stages) spawnSync("umount", ["--recursive", "--lazy", root]);
    await rm(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 300 });
  };
  try {
    for (const instruction of DockerfileParser.parse(text).getInstructions()) {
      const stage = stages.at(-1);
      if (instruction.getKeyword() === "FROM")
        stages.push(openStage(directory, stages.length, argumentsOf(instruction)));
      else if (stage) runStep(instruction, stage, { stages, context, shared });
    }
    const last = stages.at(-1);
    if (!last) throw new Error("The Dockerfile has no stage.");
    return { ...last, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

function openStage(directory: string, number: number, [, , name = ""]: readonly string[]): Stage {
  const at = (part: string) => join(directory, `${number}-${part}`);
  for (const part of ["upper", "work", "root"]) mkdirSync(at(part));
  const root = at("root");
  const layers = `lowerdir=/,upperdir=${at("upper")},workdir=${at("work")}`;
  execFileSync("mount", ["-t", "overlay", "overlay", "-o", layers, root]);
  execFileSync("mount", ["--bind", "/dev", join(root, "dev")]);
  execFileSync("mount", ["-t", "proc", "proc", join(root, "proc")]);
  execFileSync("mount", ["-t", "tmpfs", "tmpfs", join(root, "tmp")]);
  return { name, root, env: {}, place: "/", user: "0:0", entrypoint: [], command: [], healthcheck: [] };
}

interface Build {
  readonly stages: readonly Stage[];
  readonly context: string;
  readonly shared: Readonly<Record<string, string>>;
}

function runStep(instruction: Instruction, stage: Stage, build: Build): void {
  const words = argumentsOf(instruction);
  switch (instruction.getKeyword()) {
    case "WORKDIR":
      stage.place = words[0] ?? "/";
      mkdirSync(join(stage.root, stage.place), { recursive: true });
      return;
    case "ENV":
      for (const word of words)
        stage.env[word.slice(0, word.indexOf("="))] = expand(word.slice(word.indexOf("=") + 1), stage.env);
      return;
    case "COPY":
      copy(words, (instruction as Copy).getFromFlag()?.getValue() ?? undefined, stage, build);
      return;
    case "RUN":
      run(instruction.getArgumentsContent() ?? "", stage, build);
      return;
    case "USER":
      stage.user = words[0] ?? "";
      return;
    case "ENTRYPOINT":
      stage.entrypoint = listOf(instruction);
      return;
    case "CMD":
      stage.command = listOf(instruction);
      return;
    case "HEALTHCHECK":
      stage.healthcheck = listOf(instruction);
      return;
    case "EXPOSE":
    case "STOPSIGNAL":
      return;
    default:
      throw new Error(`The step ${instruction.getKeyword()} is not known here.`);
  }
}

function copy(
  words: readonly string[],
  from: string | undefined,
  { root, place }: Stage,
  { stages, context }: Build,
): void {
  const [target = "", ...sources] = words.toReversed();
  const source = from === undefined ? context : stages.find(({ name }) => name === from)?.root;
  if (source === undefined) throw new Error(`There is no stage ${from}.`);
  const full = join(root, target.startsWith("/") ? target : join(place, target));
  mkdirSync(target.endsWith("/") ? full : dirname(full), { recursive: true });
  for (const path of sources) {
    // A directory is copied by its content, as COPY does.
    const script = 'if [ -d "$1" ]; then mkdir -p "$2" && cp -a "$1/." "$2"; else cp -a $1 "$2"; fi';
    execFileSync("sh", ["-c", script, "sh", join(source, path), full]);
  }
}

function run(command: string, { root, place, env }: Stage, { shared }: Build): void {
  const variables = Object.entries({ PATH: PROGRAMS, ...shared, ...env }).map(
    ([name, value]) => `${name}=${value}`,
  );
  const shell = `cd ${place} && ${command.replaceAll(/\\\n/g, " ")}`;
  const words = [root, "env", "--ignore-environment", ...variables, "sh", "-c", shell];
  const { status, stdout, stderr } = spawnSync("chroot", words, { encoding: "utf8", maxBuffer: 1 << 26 });
  if (status !== 0) throw new Error(`RUN ${command}\n${stdout}\n${stderr}`);
}

const PROGRAMS = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Replaces variables as ENV does. The base image sets PATH. */
const expand = (text: string, env: Readonly<Record<string, string>>): string =>
  text.replaceAll(/\$\{?(\w+)\}?/g, (_, name: string) => env[name] ?? (name === "PATH" ? PROGRAMS : ""));

const argumentsOf = (instruction: Instruction): string[] =>
  instruction.getArguments().map((one) => one.getValue());

/** Reads the JSON list of an instruction. */
const listOf = (instruction: Instruction): string[] =>
  JSON.parse(/\[.*\]$/s.exec(instruction.getArgumentsContent() ?? "")?.[0] ?? "[]") as string[];
