import react from "@vitejs/plugin-react";
import { defaultClientConditions, defineConfig } from "vite";
import { firstLoadBudget } from "./build/first-load-budget.ts";

/** The paths of the API. In development, Vite passes them on to a server, so that pages and API have one origin. */
const apiPaths = ["/trpc", "/openapi.json", "/docs", "/livez", "/readyz", "/.well-known"];
const server = process.env["PROJO_URL"] ?? "http://127.0.0.1:4000";

export default defineConfig(({ mode }) => ({
  plugins: [react(), firstLoadBudget({ maxKilobytes: 110 })],
  // The production build uses the built SDK. Development and tests use its sources, which need no build.
  resolve: {
    conditions:
      mode === "production"
        ? [...defaultClientConditions]
        : ["@projostack/source", ...defaultClientConditions],
  },
  server: { port: 5173, proxy: Object.fromEntries(apiPaths.map((path) => [path, server])) },
  build: {
    // light-dark() of CSS needs these versions. A lowered form of it would ignore the theme that the user selects.
    target: ["chrome123", "edge123", "firefox120", "safari17.5"],
    // Every file has its own URL: the Content-Security-Policy allows no data: URL.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
}));
