// I1 for every field that names something: the answers for a foreign, an ended and an absent thing are identical, byte for byte,
// and the caller's own thing is found. The calls produce the matrix, and a new field is part of it or fails the test.
import { policy } from "@projostack/authz";
import { operations } from "@projostack/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { workspaceState } from "@projostack/db/testing";
import { bytesOf, call, startTestServer, type Answer, type TestServer } from "../kit/index.ts";
import {
  buildForeignWorkspaces,
  endedThing,
  fillLists,
  thingOf,
  type ForeignWorkspaces,
} from "./foreign-workspaces.ts";
import { inputOf, setScene, things, type Scene } from "../resources/index.ts";
import { namingFields, namingFieldsOf, withValue, type NamingField } from "./naming-fields.ts";
import { printTable } from "./print-table.ts";

let server: TestServer;
let world: ForeignWorkspaces;
beforeAll(async () => {
  server = await startTestServer();
  world = await buildForeignWorkspaces(server);
});
afterAll(() => server.close());

const accessOf = new Map(operations.map(({ name, operation }) => [name, operation.access]));

/** The header x-workspace-id names the workspace of a request. */
const headers: readonly NamingField[] = operations
  .filter(({ operation }) => operation.access in policy)
  .map(({ name }) => ({ operation: name, path: [], thing: "workspace" }));

/** Each field is tested as a user, and as a service key if keys can call the operation. */
const rows = [...namingFields, ...headers]
  .toSorted((one, other) => (one.operation < other.operation ? -1 : 1))
  .flatMap((field) => actorsOf(field).map((actor) => ({ ...field, actor, title: titleOf(field, actor) })));
type Row = (typeof rows)[number];

function actorsOf({ operation }: NamingField): ("person" | "key")[] {
  const access = accessOf.get(operation) ?? "public";
  if (!(access in policy)) return ["person"];
  return access === "token:introspect" ? ["key"] : ["person", "key"];
}

function titleOf({ operation, path }: NamingField, actor: string): string {
  return `${operation} ${path.join(".") || "x-workspace-id"}, by a ${actor}`;
}

const columns = ["own", "absent", "foreign", "near", "gone", "malformed"] as const;
type Column = (typeof columns)[number];
const printed = new Map<string, Record<Column, string>>();

describe("I1 a foreign thing is answered like an absent one", () => {
  it.each(rows.map((row) => [row.title, row] as const))("I1 %s", async (_, row) => {
    const scene = await setScene(server, world.ada, world);
    const others = [world.eve, world.elsewhere, world.colleague].map((corner) => corner.scene.workspaceId);
    const stateOfOthers = () => Promise.all(others.map((id) => workspaceState(server.database, id)));
    const ask = (thing: unknown) => answerTo(row, scene, thing);
    const { foreign, near, gone, own } = await thingsFor(row, scene);
    const before = await stateOfOthers();
    // The foreign rows must exist; otherwise they would only be absent ones.
    const inRows = things.get(row.thing)?.isRow ? [foreign, near].map(textOf) : [];
    expect(inRows.filter((id) => !JSON.stringify(before).includes(id))).toEqual([]);

    const verdicts: Partial<Record<Column, string>> = {};
    for (const [column, thing] of [
      ["foreign", foreign],
      ["near", near],
      ["gone", gone],
    ] as const) {
      verdicts[column] = "-";
      if (thing === null) continue;
      const [answer, absent] = [await ask(thing), await ask(absentLike(row, thing))];
      expect(bytesOf(answer), column).toBe(bytesOf(absent));
      verdicts[column] = verdictOn(answer);
      verdicts.absent = verdictOn(absent);
    }
    // The form of an id is checked before the caller matters, so a few spellings are enough for a key.
    const spellings = spellingsOf(row.thing).slice(0, row.actor === "key" ? 4 : Infinity);
    for (const spelling of spellings) {
      const [answer, absent] = [await ask(spelling(foreign)), await ask(spelling(own))];
      expect(bytesOf(answer), String(spelling)).toBe(bytesOf(absent));
      verdicts.malformed = verdictOn(answer);
    }
    expect(await stateOfOthers()).toEqual(before);

    const control = await ask(own);
    expect(control, control.text).toMatchObject({ status: 200 });
    verdicts.own = verdictOn(control);
    expect(verdicts.own).toBe("200");
    expect(Object.values(verdicts).filter((verdict) => verdict === "200")).toHaveLength(1);
    printed.set(row.title, verdicts as Record<Column, string>);
  });

  // Update it with: pnpm generate:printed
  it("I1 isolation-matrix.md is up to date", async () => {
    expect(printed.size).toBe(rows.length);
    const cells = [...printed.values()].flatMap((verdicts) => Object.values(verdicts));
    const count = cells.filter((verdict) => verdict !== "-").length;
    const matrix = printTable({
      printedBy: "isolation-matrix.test.ts, from the answers to its calls",
      title: `Answers for own, absent, foreign, ended and malformed things: ${count} cells`,
      header: ["operation", "field", "actor", ...columns],
      rows: rows.map(({ operation, path, actor, title }) => [
        operation,
        path.join(".") || "x-workspace-id",
        actor,
        ...columns.map((column) => printed.get(title)?.[column] ?? "-"),
      ]),
    });
    await expect(matrix).toMatchFileSnapshot("isolation-matrix.md");
  });

  it("I1 a new field needs an entry in a fixture, at any depth of the input", () => {
    const id = z.string().meta({ format: "uuid" });
    const named = z.strictObject({ id }).meta({ id: "NamedForThisTest" });
    for (const input of [
      z.strictObject({ ownerId: id }),
      z.strictObject({ some: z.array(z.strictObject({ ownerId: id })) }),
      z.strictObject({ some: z.union([z.number(), z.strictObject({ ownerId: id })]) }),
      z.strictObject({ reference: z.string() }),
      z.strictObject({ owner: named }),
    ]) {
      expect(() => namingFieldsOf("notes.create", input)).toThrow(
        "`fields` in apps/api/test/resources/notes.ts",
      );
    }
    const known = z.strictObject({ some: z.array(z.strictObject({ projectId: id })) }).default({ some: [] });
    expect(namingFieldsOf("notes.create", known)).toEqual([
      { operation: "notes.create", path: ["some", "0", "projectId"], thing: "project" },
    ]);
  });
});

/** A thing of Ada's and three others, of the kind that the field names. */
async function thingsFor(row: Row, scene: Scene) {
  const { ada, eve, elsewhere, colleague, keyId: recordedKeyId, actingKeyId } = world;
  if (row.thing === "cursor") await fillLists(ada, scene);
  const own: unknown = await thingOf({ person: ada, scene, recordedKeyId, actingKeyId }, row);
  const gone = await endedThing(server, world, { thing: row.thing, scene });
  // The nearest foreign thing belongs to another workspace of Ada's. For a thing of a user, it belongs to a colleague.
  const isPersonal = accessOf.get(row.operation) === "session";
  const near =
    row.thing === "workspace" ? scene.ruinId : await thingOf(isPersonal ? colleague : elsewhere, row);
  const foreign = await thingOf(eve, row);
  if ([own, near, foreign].includes(null) || foreign === undefined || near === undefined || own === undefined)
    throw new Error(`There is no ${row.thing} to name.`);
  // An access token is foreign if its user is not a member of the workspace.
  if (row.thing === "access token")
    return { foreign: eve.person.token, near: elsewhere.person.token, gone, own };
  return { foreign, near, gone, own };
}

function answerTo({ operation, path, thing, actor }: Row, scene: Scene, value: unknown): Promise<Answer> {
  const isHeader = thing === "workspace";
  const input = inputOf(operation, scene);
  const forKeys = accessOf.get(operation) === "token:introspect";
  return call(server.url, operation, {
    input: isHeader ? input : withValue(input, path, value),
    token: actor === "key" ? (forKeys ? scene.serviceToken : world.keyToken) : world.ada.token,
    workspaceId: isHeader ? textOf(value) : scene.workspaceId,
    headers: { "x-request-id": "the-same" },
  });
}

const ABSENT = "0190a6f0-0000-7000-8000-00000000abcd";

/** Returns an absent thing of the same form. */
function absentLike({ thing }: Row, value: unknown): unknown {
  if (thing === "chain point") return { ...fieldsOf(value), hash: "ab".repeat(32) };
  if (thing === "checkpoint") return { ...fieldsOf(value), signature: `${"A".repeat(86)}==` };
  if (thing === "cursor" || thing.endsWith("token")) {
    // It has the same length and prefix; the rest differs.
    const text = textOf(value);
    const kept = thing === "cursor" ? 0 : 4;
    return `${text.slice(0, kept)}${"Zm9v".repeat(200).slice(0, text.length - kept)}`;
  }
  return ABSENT;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;
const fieldsOf = (thing: unknown) => (isObject(thing) ? thing : {});
const textOf = (thing: unknown): string => (typeof thing === "string" ? thing : JSON.stringify(thing));

const ofText = (spell: (text: string) => string) => (thing: unknown) => spell(textOf(thing));

/** Malformed spellings of a thing. The answer must not depend on the owner of the thing. */
function spellingsOf(named: string): ((thing: unknown) => unknown)[] {
  const odd = ["", "x", "0", "null", "' OR 1=1 --", "{}", "*", ","].map((text) => () => text);
  if (named === "chain point" || named === "checkpoint")
    return [() => null, () => ({}), (thing) => ({ ...fieldsOf(thing), more: 1 }), (thing) => [thing]];
  const longer = [
    ofText((text) => `${text}0`),
    ofText((text) => text.slice(0, -1)),
    ofText((text) => `${text},${text}`),
  ];
  // The header allows upper case and surrounding blanks.
  if (named === "workspace")
    return [...odd, ...longer, ofText((text) => `{${text}}`), ofText((text) => `urn:uuid:${text}`)];
  if (named === "cursor") return [...longer, () => "x", () => "*", () => "AAAA"];
  if (named === "target")
    return [ofText((text) => `${text}0`), ofText((text) => text.toUpperCase()), () => "x"];
  if (named.endsWith("token")) return [...odd, ...longer];
  const spelled = [
    ofText((text) => text.toUpperCase()),
    ofText((text) => `{${text}}`),
    ofText((text) => `urn:uuid:${text}`),
    ofText((text) => text.replaceAll("-", "")),
    ofText((text) => ` ${text}`),
    ofText((text) => `${text}\n`),
    (thing: unknown) => [thing],
    (thing: unknown) => ({ equals: thing }),
  ];
  return [...odd, ...longer, ...spelled];
}

/** The outcome of an answer in a few words. A 200 without a result differs from a 200 with one. */
function verdictOn({ status, data, error }: Answer): string {
  if (error) return `${status} ${error.reason}`;
  const found = data as { items?: readonly unknown[]; active?: boolean; intact?: boolean };
  if (found.items?.length === 0) return `${status}, empty`;
  if (found.active === false) return `${status}, not active`;
  return found.intact === false ? `${status}, not intact` : String(status);
}
