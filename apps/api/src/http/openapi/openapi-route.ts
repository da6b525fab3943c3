import { setImmediate as nextTurn } from "node:timers/promises";
import type { FastifyInstance } from "fastify";
import type { Services } from "../../rpc/services.ts";
import {
  createOnce,
  createRepresentation,
  sendRepresentation,
  type Representation,
} from "./representation.ts";

/** The route `/openapi.json`. The document is created at the first request, in parts that block no other call. */
export function openApiRoute(app: FastifyInstance, { version }: Pick<Services, "version">): void {
  const document = createOnce(() => createDocumentOf(version));
  app.get("/openapi.json", async (request, reply) => sendRepresentation(request, reply, await document()));
}

async function createDocumentOf(version: string): Promise<Representation> {
  const { createDocument } = await import("../../openapi/document.ts");
  const document = await createDocument(version, nextTurn);
  return createRepresentation(JSON.stringify(document), {
    contentType: "application/json; charset=utf-8",
    cacheControl: "no-cache",
  });
}
