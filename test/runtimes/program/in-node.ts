// Runs the scenarios in Node.js, Deno or Bun, and prints their outcomes. Arguments: the URL of the site, a name, a directory.
import { fileTokenStore } from "@projostack/sdk/node";
import { runScenarios } from "./scenarios.ts";

const [baseUrl = "", run = "", directory = ""] = process.argv.slice(2);

void runScenarios({
  baseUrl,
  run,
  storeOf: (name) => fileTokenStore({ directory, baseUrl, name }),
}).then((outcomes) => console.log(JSON.stringify(outcomes)));
