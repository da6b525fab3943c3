// What the proofs need to know about a resource of the contract. There is one fixture per resource, in a file of this
// directory with the resource's name: `service-keys.ts` for `serviceKeys`. docs/adding-a-feature.md explains each field.
import type { Permission } from "@projostack/authz";
import type { Contract, Reason } from "@projostack/contract";
import type { Person, TestServer } from "../kit/index.ts";
import type { CallerSet } from "../equality/caller-set.ts";
import type { Sent } from "../equality/exchange.ts";
import type { Scene, ScenePart, Stage } from "./scene.ts";

export type Resource = keyof Contract;

export interface Fixture<R extends Resource = Resource> extends ScenePart {
  /** For each operation of the resource, what a proof needs to call it. */
  readonly operations: Readonly<Record<keyof Contract[R] & string, OperationFixture>>;
  /** What the fields of the inputs name: a thing of this or another fixture, or `"value"` for a plain value. */
  readonly fields?: Readonly<Record<string, string>>;
  /** What a field can name. A field `<name>Id` names the thing `<name>`, whatever the resource. */
  readonly things?: Readonly<Record<string, Thing>>;
  /** Returns the ids and rows that a call can act on. */
  readonly plant?: (stage: Stage) => ReturnType<NonNullable<ScenePart["plant"]>>;
  /** SQL statements that undo what earlier calls may have done to the workspace `$1`. */
  readonly tidy?: readonly string[];
  /**
   * For each error reason of the resource, a request that fails with it; null where only a fault of the server causes it.
   * A reason `<thing>.not_found` needs no entry: the proofs send an absent id.
   */
  readonly reasons?: Readonly<Partial<Record<Reason, Provoke | null>>>;
}

export interface OperationFixture {
  /** Returns a minimal valid input. */
  readonly input: (scene: Scene) => Record<string, unknown>;
  /** For a list that has filters: one filter. For a list with a required id: another id. It refuses cursors of `input`. */
  readonly filter?: Readonly<Record<string, unknown>>;
  /** For an operation that only the author of a row may call: the permission that allows it to others as well. */
  readonly authorOnly?: {
    readonly unless: Permission;
    /** The author of the planted row, a member of the workspace. */
    readonly author: (scene: Scene) => string;
  };
  /** Audit actions that a call records besides the action that the contract declares. */
  readonly alsoRecords?: readonly string[];
  /** Runs before the call in the proof of recorded actions, for an operation that records only in a particular state. */
  readonly arrange?: (stage: Stage) => Promise<unknown>;
  /** As `fields` of the fixture, for this operation alone. A nested field is named by its path: `after.hash`. */
  readonly fields?: Readonly<Record<string, string>>;
  /** For a field that takes a token: the kinds of credential that it accepts, and the outcome for all other kinds. */
  readonly tokens?: { readonly accepts: readonly CredentialKind[]; readonly otherwise: string };
  /** Has the timing of refusals measured for each id of the input. By default one operation per thing is measured. */
  readonly measured?: boolean;
}

export const credentialKinds = [
  "access token",
  "refresh token",
  "service key",
  "invite token",
  "verification token",
  "reset token",
  "cursor",
] as const;
export type CredentialKind = (typeof credentialKinds)[number];

export interface Thing {
  /** Returns the id, token or value that names the thing in a corner of the foreign workspaces. */
  readonly of: (corner: Corner, operation: string) => unknown;
  /** Creates a thing of Ada's, ends it, and creates another like it. Returns the first one's id. Omit it if none can end. */
  readonly end?: (context: EndContext) => Promise<string>;
  /** Whether the id is a column of a row in a tenant table. */
  readonly isRow?: boolean;
}

/** A user, a scene that belongs to them, a service key whose creation has an audit entry, and one that has acted itself. */
export interface Corner {
  readonly person: Person;
  readonly scene: Scene;
  readonly recordedKeyId: string;
  readonly actingKeyId: string;
}

export interface EndContext {
  readonly server: TestServer;
  readonly ada: Person;
  readonly eve: Corner;
  readonly workspaceId: string;
  /** Ada's scene in that workspace. */
  readonly scene: Scene;
  /** Another scene of Ada's. */
  newScene(): Promise<Scene>;
  /** Creates by the resource's `create`, ends by the operation, and creates again with the same input. */
  endBy(operation: string): Promise<string>;
}

/** Returns a request that fails for a particular reason, in the proof that both ways to answer are equal. */
export type Provoke = (stage: ProvokeStage) => Promise<Sent> | Sent;

export interface ProvokeStage {
  readonly both: TestServer;
  readonly callerSet: CallerSet;
  readonly scene: Scene;
}

/** Checks the type of a fixture: every operation of the resource must be there. */
export const defineFixture = <R extends Resource>(_resource: R, fixture: Fixture<R>): Fixture<R> => fixture;
