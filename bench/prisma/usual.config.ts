import { fileURLToPath } from "node:url";
import { defineConfig } from "prisma/config";

// `prisma generate` requires the path of a native engine that it never runs. The path of any file prevents the download.
process.env["PRISMA_SCHEMA_ENGINE_BINARY"] ??= fileURLToPath(import.meta.url);

export default defineConfig({ schema: "usual.prisma" });
