// The page `/docs`: a reference of the operations by Scalar. The server sends the files of the page itself, so the page
// loads nothing from another origin.
import { readFile } from "node:fs/promises";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { pageHeaders, pageOf, setUpScript } from "./docs-page.ts";
import {
  createOnce,
  createRepresentation,
  sendRepresentation,
  type Representation,
} from "./representation.ts";
import { scalarFiles } from "./scalar-files.ts";

/** The address of the file contains its version. */
const FOREVER = "public, max-age=31536000, immutable";
const REVALIDATED = "no-cache";
const JAVASCRIPT = "text/javascript; charset=utf-8";

interface Files {
  readonly page: Representation;
  readonly setUp: Representation;
  readonly reference: Representation;
}

/** The files are read and compressed at the first request, because they have 5 MB. */
export function docsRoutes(app: FastifyInstance): void {
  const files = createOnce(readFiles);
  app.get("/docs", async (request, reply) =>
    sendRepresentation(request, reply.headers(pageHeaders), (await files()).page),
  );
  // The addresses of the page are relative to /docs.
  app.get("/docs/", async (_request, reply) => reply.redirect("../docs", 308));
  app.get("/docs/set-up.js", async (request, reply) =>
    sendRepresentation(request, reply, (await files()).setUp),
  );
  app.get("/docs/reference.js", async (request, reply) =>
    sendRepresentation(request, reply, (await files()).reference),
  );
}

async function readFiles(): Promise<Files> {
  const { bundle, version } = await readBundle();
  const [page, setUp, reference] = await Promise.all([
    createRepresentation(pageOf(version), {
      contentType: "text/html; charset=utf-8",
      cacheControl: REVALIDATED,
    }),
    createRepresentation(setUpScript, { contentType: JAVASCRIPT, cacheControl: REVALIDATED }),
    createRepresentation(bundle, { contentType: JAVASCRIPT, cacheControl: FOREVER }),
  ]);
  return { page, setUp, reference };
}

const manifest = z.object({ version: z.string() });

async function readBundle(): Promise<{ bundle: Buffer; version: string }> {
  const files = scalarFiles();
  const [bundle, packageJson] = await Promise.all([readFile(files.bundle), readFile(files.manifest, "utf8")]);
  return { bundle, version: manifest.parse(JSON.parse(packageJson)).version };
}
