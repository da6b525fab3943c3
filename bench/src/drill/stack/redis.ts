import { join } from "node:path";
import { supervise, type Supervised } from "./supervised.ts";

export const startRedis = ({
  program,
  directory,
  port,
}: {
  readonly program: string;
  readonly directory: string;
  readonly port: number;
}): Supervised =>
  supervise({
    name: "Redis",
    command: [program, "--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
    directory,
    logFile: join(directory, "redis.log"),
  });
