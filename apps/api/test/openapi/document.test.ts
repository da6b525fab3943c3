// The document is valid for public linters, and lists every operation, reason and route.
import { policy } from "@projostack/authz";
import {
  commonReasons,
  httpStatusOf,
  impliedReasons,
  operations,
  plain,
  reasons,
  type JsonSchema,
  type Reason,
} from "@projostack/contract";
import { beforeAll, describe, expect, it } from "vitest";
import { createDocument, type OpenApiDocument } from "../../src/openapi/document.ts";
import { describedBy, type Described } from "./described-responses.ts";
import { createOutsideProject } from "./outside-project.ts";

let document: OpenApiDocument;
let described: Described;
beforeAll(async () => {
  document = await createDocument("1.2.3", async () => {});
  described = describedBy(document);
});

const itemOf = (path: string): JsonSchema => plain(Object.values(document.paths[path] ?? {})[0]);

/** The schema of a response body. */
function bodyOf(response: unknown): JsonSchema {
  const { content } = described.resolve(response);
  return described.resolve(plain(plain(content)["application/json"])["schema"]);
}

const propertyOf = (schema: JsonSchema, ...path: readonly string[]): JsonSchema =>
  path.reduce((at, name) => described.resolve(plain(at["properties"])[name]), schema);

describe("The OpenAPI document", () => {
  it("has no problem for Redocly's recommended rules and for Spectral's OpenAPI rules", async () => {
    const project = await createOutsideProject();
    try {
      await project.write("openapi.json", JSON.stringify(document));
      await project.write("ruleset.yaml", 'extends: ["spectral:oas"]\n');
      const redoclyArgs = ["lint", "openapi.json", "--extends", "recommended", "--format", "json"];
      const spectralArgs = ["lint", "openapi.json", "--ruleset", "ruleset.yaml", "--format", "json"];
      const [redocly, spectral] = await Promise.all([
        project.run("redocly", redoclyArgs),
        project.run("spectral", [...spectralArgs, "--quiet", "--fail-severity", "hint"]),
      ]);
      expect(JSON.parse(redocly)).toMatchObject({ totals: { errors: 0, warnings: 0 } });
      expect(JSON.parse(spectral)).toEqual([]);
    } finally {
      await project.remove();
    }
  });

  it("the document has the version of the server and a relative address", () => {
    expect(document["info"]).toMatchObject({ version: "1.2.3" });
    expect(document["servers"]).toMatchObject([{ url: "/" }]);
  });

  it("lists every operation with the method of its kind", () => {
    const listed = Object.entries(document.paths)
      .filter(([path]) => path.startsWith("/trpc/"))
      .map(([path, item]) => `${Object.keys(item).join()} ${path}`);
    expect(listed).toEqual(
      operations.map(({ name, operation: { kind } }) => `${kind === "query" ? "get" : "post"} /trpc/${name}`),
    );
  });

  it.each(operations)("lists every reason of $name under its status", ({ name, operation }) => {
    // Only mutations have a key.
    const common = commonReasons.filter(
      (reason) => operation.kind === "mutation" || !reason.startsWith("idempotency."),
    );
    const expected: Reason[] = [...common, ...operation.errors, ...impliedReasons(operation.access)];
    const listed = Object.entries(plain(itemOf(`/trpc/${name}`)["responses"]))
      .filter(([status]) => status !== "200")
      .flatMap(([status, response]) => {
        const body = bodyOf(response);
        expect(propertyOf(body, "error", "data", "httpStatus")["const"]).toBe(Number(status));
        const found = propertyOf(body, "error", "data", "reason")["enum"] as Reason[];
        expect(found.filter((reason) => String(httpStatusOf(reason)) !== status)).toEqual([]);
        return found;
      });
    expect(listed.toSorted()).toEqual(expected.toSorted());
  });

  it.each(operations)("declares the credentials that $name accepts", ({ name, operation: { access } }) => {
    const listed = (itemOf(`/trpc/${name}`)["security"] as JsonSchema[]).map((one) =>
      Object.keys(one).join(),
    );
    const person = ["accessToken", "sessionCookie"];
    const optional = name === "auth.signOut" ? ["", ...person] : [];
    const byAccess: Readonly<Record<string, string[]>> = { public: optional, session: person };
    const inWorkspace =
      (policy as Readonly<Record<string, string>>)[access] === "key"
        ? ["serviceKey"]
        : [...person, "serviceKey"];
    expect(listed).toEqual(byAccess[access] ?? inWorkspace);
  });

  it("describes every tag that an operation has, and no other", () => {
    const used = Object.keys(document.paths).flatMap((path) => itemOf(path)["tags"] as string[]);
    const tags = (document["tags"] as { name: string; description: string }[]).map(({ name }) => name);
    expect(tags.toSorted()).toEqual([...new Set(used)].toSorted());
  });

  it("the document has an example of every reason that matches the response", () => {
    const examples = Object.entries(document.components["examples"] ?? {});
    expect(examples.map(([reason]) => reason).toSorted()).toEqual(Object.keys(reasons).toSorted());
    for (const [reason, { value }] of examples)
      expect(described.problemsOf({ $ref: "#/components/schemas/ErrorResponse" }, value), reason).toEqual([]);
  });

  it.each(operations)("the document has examples of $name that match its schemas", ({ name, operation }) => {
    const { parameters, requestBody, responses } = itemOf(`/trpc/${name}`);
    const inputs = (parameters as JsonSchema[])
      .filter((one) => one["name"] === "input")
      .map(({ schema, example }) => ({
        schema: plain(schema)["contentSchema"],
        example: JSON.parse(String(example)) as unknown,
      }));
    const bodies = [requestBody, plain(responses)["200"]]
      .filter((part) => part !== undefined)
      .map((part) => plain(plain(plain(part)["content"])["application/json"]));
    const examples = [...inputs, ...bodies].map(({ schema, example }) => ({
      schema: plain(schema),
      example,
    }));
    expect(examples.map(({ example }) => example)).toContainEqual({
      result: { data: operation.example.output },
    });
    expect(examples.flatMap(({ schema, example }) => described.problemsOf(schema, example))).toEqual([]);
  });

  it("permits unknown fields in outputs and refuses them in inputs", () => {
    const schemas = document.components["schemas"] ?? {};
    expect(schemas["Task"]).not.toHaveProperty("additionalProperties");
    expect(schemas["TasksListInput"]).toHaveProperty("additionalProperties", false);
    const { requestBody } = itemOf("/trpc/tasks.create");
    expect(bodyOf(requestBody)).toHaveProperty("additionalProperties", false);
  });

  it("names no limits of whole numbers that are only those of the format", () => {
    expect(JSON.stringify(document)).not.toContain(String(Number.MAX_SAFE_INTEGER));
  });
});
