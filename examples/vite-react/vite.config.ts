import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const target = process.env["PROJO_URL"] ?? "http://127.0.0.1:4000";

export default defineConfig({
  plugins: [react()],
  // The page and the API have one origin, so the browser sends the session cookie with each call. `vite preview` has the same proxy.
  server: { proxy: { "/trpc": { target, xfwd: true } } },
});
