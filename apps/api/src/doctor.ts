// The checks of an environment, for the command `projostack doctor`.
export { inspectEnvironment } from "./config/inspect-environment.ts";
export { runDoctor } from "./doctor/run-doctor.ts";
