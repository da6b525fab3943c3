import type { Plugin } from "rolldown";

/**
 * Has commander load `node:child_process` when it starts a program, which projo never has it do. To load the module with every
 * command takes several milliseconds.
 */
export const lazyProcesses: Plugin = {
  name: "lazy-processes",
  resolveId: {
    filter: { id: /^node:child_process$/ },
    handler: (_id, importer) => (importer?.includes("/node_modules/commander/") ? LAZY : undefined),
  },
  load: {
    filter: { id: /^\0lazy-processes$/ },
    handler: () => "exports.spawn = (...given) => require('node:child_process').spawn(...given);",
  },
};

const LAZY = "\0lazy-processes";
