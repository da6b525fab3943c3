import { fileURLToPath } from "node:url";
import { defineConfig } from "prisma/config";

// `prisma generate` requires a native engine that it never runs. The path of any file prevents the download.
process.env["PRISMA_SCHEMA_ENGINE_BINARY"] ??= fileURLToPath(import.meta.url);

export default defineConfig({ schema: "prisma/schema.prisma", migrations: { path: "prisma/migrations" } });
