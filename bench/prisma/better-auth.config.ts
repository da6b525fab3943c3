import { fileURLToPath } from "node:url";
import { defineConfig } from "prisma/config";

// `prisma generate` asks for a native engine that it never runs; any file in its place spares the download.
process.env["PRISMA_SCHEMA_ENGINE_BINARY"] ??= fileURLToPath(import.meta.url);

export default defineConfig({ schema: "better-auth.prisma" });
