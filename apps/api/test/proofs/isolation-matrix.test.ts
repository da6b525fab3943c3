// I1 for every field that names something: what is another's, or gone, is answered as what never was, byte for byte,
// and what is one's own is found. The matrix is made by the calls; a field that is new joins it, or fails.
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

/** The workspace of a request is named by a header. */
const headers: readonly NamingField[] = operations
  .filter(({ operation }) => operation.access in policy)
  .map(({ name }) => ({ operation: name, path: [], thing: "workspace" }));

/** A person, and a key for what keys can do: of what only one of them can do, the other is refused at the door. */
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

describe("I1 what is not one's own looks like what never was", () => {
  it.each(rows.map((row) => [row.title, row] as const))("I1 %s", async (_, row) => {
    const scene = await setScene(server, world.ada, world);
    const others = [world.eve, world.elsewhere, world.colleague].map((corner) => corner.scene.workspaceId);
    const stateOfOthers = () => Promise.all(others.map((id) => workspaceState(server.database, id)));
    const ask = (thing: unknown) => answerTo(row, scene, thing);
    const { foreign, near, gone, own } = await thingsFor(row, scene);
    const before = await stateOfOthers();
    // What is called foreign is there, or it would be but another that never was.
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
    // How a thing is spelled is read before it is known who asks: a key tries a few.
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

  // When it changed on purpose: npx vitest run --project all apps/api/test/proofs/isolation-matrix.test.ts --update
  it("I1 the printed matrix is the one that holds", async () => {
    expect(printed.size).toBe(rows.length);
    const cells = [...printed.values()].flatMap((verdicts) => Object.values(verdicts));
    const count = cells.filter((verdict) => verdict !== "-").length;
    const matrix = printTable({
      printedBy: "isolation-matrix.test.ts, from the answers to its calls",
      title: `What is answered of what is not one's own: ${count} cells`,
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

  it("I1 a field that is new is walked to, or asked about", () => {
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

/** Ada's own thing, and three that are not hers, of the noun that a field names. */
async function thingsFor(row: Row, scene: Scene) {
  const { ada, eve, elsewhere, colleague, keyId: recordedKeyId } = world;
  if (row.thing === "cursor") await fillLists(ada, scene);
  const own: unknown = await thingOf({ person: ada, scene, recordedKeyId }, row);
  const gone = await endedThing(server, world, { thing: row.thing, scene });
  // As near as can be: of another workspace of hers. What is a person's own is a colleague's instead.
  const isPersonal = accessOf.get(row.operation) === "session";
  const near =
    row.thing === "workspace" ? scene.ruinId : await thingOf(isPersonal ? colleague : elsewhere, row);
  const foreign = await thingOf(eve, row);
  if ([own, near, foreign].includes(null) || foreign === undefined || near === undefined || own === undefined)
    throw new Error(`There is no ${row.thing} to name.`);
  // A token that somebody else's service is sent is that of the same kind of person: of one who is no member here.
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

/** One that never was, and is no different in form. */
function absentLike({ thing }: Row, value: unknown): unknown {
  if (thing === "chain point") return { ...fieldsOf(value), hash: "ab".repeat(32) };
  if (thing === "checkpoint") return { ...fieldsOf(value), signature: `${"A".repeat(86)}==` };
  if (thing === "cursor" || thing.endsWith("token")) {
    // The same length and prefix, and the rest as chance would have it.
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

/** Ways to write a thing that are not the one it has. Whose it is must not show in the answer. */
function spellingsOf(named: string): ((thing: unknown) => unknown)[] {
  const odd = ["", "x", "0", "null", "' OR 1=1 --", "{}", "*", ","].map((text) => () => text);
  if (named === "chain point" || named === "checkpoint")
    return [() => null, () => ({}), (thing) => ({ ...fieldsOf(thing), more: 1 }), (thing) => [thing]];
  const longer = [
    ofText((text) => `${text}0`),
    ofText((text) => text.slice(0, -1)),
    ofText((text) => `${text},${text}`),
  ];
  // The header is read in any case, and blanks around it are no part of it.
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

/** An answer in a word. A 200 that finds nothing is told apart from one that does. */
function verdictOn({ status, data, error }: Answer): string {
  if (error) return `${status} ${error.reason}`;
  const found = data as { items?: readonly unknown[]; active?: boolean; intact?: boolean };
  if (found.items?.length === 0) return `${status}, empty`;
  if (found.active === false) return `${status}, not active`;
  return found.intact === false ? `${status}, not intact` : String(status);
}
