import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { conditions: ["@projostack/source"] },
  ssr: { resolve: { conditions: ["@projostack/source"] } },
  test: {
    include: ["{packages,apps}/*/{src,test}/**/*.test.ts", "scripts/**/*.test.ts", "docs/**/*.test.ts"],
    reporters: ["default", "./test/totals-reporter.ts"],
    environment: "node",
    pool: "forks",
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
});
