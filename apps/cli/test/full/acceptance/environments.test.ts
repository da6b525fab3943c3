// The packed and installed program where something is wrong around it: accounts, files, streams, networks, other versions and
// signals. Each command ends with the documented exit code and one line that says what happened and what to do. All subjects share
// two servers: a file of tests for each subject would start them again.
import { afterAll, beforeAll } from "vitest";
import { accountsTests } from "./environments/account-tests.ts";
import { directoriesTests } from "./environments/directory-tests.ts";
import { type Environment, openEnvironment } from "./environments/environment.ts";
import { machineTests } from "./environments/machine-tests.ts";
import { networkTests } from "./environments/network-tests.ts";
import { signalsTests } from "./environments/signal-tests.ts";

let environment: Environment;
beforeAll(async () => {
  environment = await openEnvironment();
}, 300_000);
afterAll(() => environment?.close());

for (const addTests of [accountsTests, directoriesTests, machineTests, networkTests, signalsTests])
  addTests(() => environment);
