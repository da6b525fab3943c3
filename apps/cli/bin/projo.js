#!/usr/bin/env node
// This file is committed so that the package manager can link it before the first build.
import { existsSync } from "node:fs";

if (existsSync(new URL("../dist/main.js", import.meta.url))) {
  // @ts-ignore -- the file exists only after a build
  await import("../dist/main.js");
} else {
  process.stderr.write("projo: The program is not built yet. In the repository, run: npx -y pnpm@12 build\n");
  process.exitCode = 1;
}
