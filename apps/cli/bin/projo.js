#!/usr/bin/env node
// Committed as it is, so that installing links it before anything is built.
import { existsSync } from "node:fs";

if (existsSync(new URL("../dist/main.js", import.meta.url))) {
  // @ts-ignore -- it is there once it is built
  await import("../dist/main.js");
} else {
  process.stderr.write("projo: It is not built yet. In the repository, run: npx -y pnpm@12 build\n");
  process.exitCode = 1;
}
