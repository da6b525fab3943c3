// Finds the fixture of each resource by the contract, so that no proof keeps a list of its own.
import { existsSync } from "node:fs";
import { policy, type Permission } from "@projostack/authz";
import { contract, operations, type NamedOperation } from "@projostack/contract";
import type { Person, TestServer } from "../kit/index.ts";
import type { Fixture, OperationFixture, Resource, Thing } from "./fixture.ts";
import { plantScene, type Scene, type Setting } from "./scene.ts";

export type { Scene } from "./scene.ts";

const resources = Object.keys(contract) as Resource[];
/** The name of the fixture's file. */
export const fileOf = (resource: string): string =>
  `${resource.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}.ts`;
const isWritten = (resource: string): boolean => existsSync(new URL(fileOf(resource), import.meta.url));

/** The resources of the contract that have no fixture. Every proof fails while there is one. */
const missing = resources.filter((resource) => !isWritten(resource));
if (missing.length > 0) throw new Error(missing.map(explainMissing).join("\n"));

/** The message for a resource without a fixture. */
export function explainMissing(resource: string): string {
  const verbs = operations.filter(({ name }) => name.startsWith(`${resource}.`)).map(({ name }) => name);
  return (
    `The resource ${resource} has no fixture. Create apps/api/test/resources/${fileOf(resource)} with ` +
    `\`export const fixture = defineFixture("${resource}", { ... })\`: a valid input for each of its operations ` +
    `(${verbs.join(", ")}), the rows that they act on, and what each field of an input names. ` +
    `docs/adding-a-feature.md lists the fields of a fixture; projects.ts is a short example.`
  );
}

export const fixtures: ReadonlyMap<Resource, Fixture> = new Map(
  await Promise.all(
    resources.map(async (resource): Promise<[Resource, Fixture]> => {
      const file = (await import(/* @vite-ignore */ `./${fileOf(resource)}`)) as { fixture?: Fixture };
      if (!file.fixture)
        throw new Error(`apps/api/test/resources/${fileOf(resource)} must export \`fixture\`.`);
      return [resource, file.fixture];
    }),
  ),
);

/** @throws Error when the operation has no fixture */
export function operationFixture(name: string): OperationFixture {
  const [resource = "", verb = ""] = name.split(".");
  const all: Readonly<Record<string, OperationFixture>> =
    fixtures.get(resource as Resource)?.operations ?? {};
  const found = all[verb];
  if (!found)
    throw new Error(
      `The operation ${name} has no fixture. Add \`${verb}: { input: (scene) => ({ ... }) }\`, with a minimal valid ` +
        `input, to \`operations\` in apps/api/test/resources/${fileOf(resource)}.`,
    );
  return found;
}

/** A minimal valid input. @throws Error when the operation has no fixture */
export const inputOf = (name: string, scene: Scene): Record<string, unknown> =>
  operationFixture(name).input(scene);

/** Plants everything that an input can name, in the workspace and for the caller. */
export const setScene = (server: TestServer, admin: Person, setting: Setting): Promise<Scene> =>
  plantScene([...fixtures.values()], { ...setting, server, admin });

const isForKeysOnly = ({ access }: NamedOperation["operation"]): boolean =>
  (policy as Readonly<Record<string, string>>)[access] === "key";
const forKeysOnly = new Set(
  operations.filter(({ operation }) => isForKeysOnly(operation)).map(({ name }) => name),
);

/** The token of a caller who may call the operation: the admin, or a service key where only keys may. */
export const tokenFor = (name: string, { token }: Pick<Person, "token">, { serviceToken }: Scene): string =>
  forKeysOnly.has(name) ? serviceToken : token;

/** The permissions that a caller needs who is not the author of the planted row. */
export function permissionsFor({ name, operation: { access } }: NamedOperation): Permission[] {
  const { authorOnly } = operationFixture(name);
  return [...(access in policy ? [access as Permission] : []), ...(authorOnly ? [authorOnly.unless] : [])];
}

/** Every resource has lists, and so cursors. */
const cursor: Thing = {
  of: async ({ person, scene }, operation) => {
    const input = { ...inputOf(operation, scene), limit: 1 };
    return (await person.call(operation, input, scene.workspaceId)).data.nextCursor as unknown;
  },
};

/** Everything that a field of an input can name, by its name. */
export const things: ReadonlyMap<string, Thing> = new Map([
  ["cursor", cursor],
  ...[...fixtures.values()].flatMap((fixture) => Object.entries(fixture.things ?? {})),
]);

const accessOf = new Map(operations.map(({ name, operation }) => [name, operation.access]));

/** The operations that create a row of a list, so that a list can be filled. */
export const creations: readonly string[] = resources
  .filter(
    (resource) => accessOf.has(`${resource}.list`) && (accessOf.get(`${resource}.create`) ?? "") in policy,
  )
  .map((resource) => `${resource}.create`);
