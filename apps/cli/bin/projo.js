#!/usr/bin/env node
// This file is committed so that the package manager can link it before the first build. The published package has dist/projo.cjs
// in its place.
import { existsSync } from "node:fs";

const program = new URL("../dist/projo.cjs", import.meta.url);
if (existsSync(program)) {
  await import(program.href);
} else {
  process.stderr.write("projo: The program is not built yet. In the repository, run: npx -y pnpm@12 build\n");
  process.exitCode = 1;
}
