import { defineFixture } from "./fixture.ts";

export const fixture = defineFixture("audit", {
  operations: {
    checkpoint: { input: () => ({}) },
    export: { input: () => ({}) },
    list: { input: () => ({}), filter: { action: "key.created" } },
    verify: { input: () => ({}), fields: { after: "chain point", checkpoint: "checkpoint" } },
  },
  fields: {
    actorUserId: "actor",
    actorKeyId: "acting key",
    targetId: "target",
    action: "value",
    targetType: "value",
    from: "value",
    to: "value",
    format: "value",
    afterSeq: "value",
    untilSeq: "value",
    include: "value",
  },
  things: {
    "chain point": {
      of: async ({ person, scene }) =>
        (await person.call("audit.verify", { limit: 1 }, scene.workspaceId)).data.last as unknown,
    },
    checkpoint: {
      of: async ({ person, scene }) =>
        (await person.call("audit.checkpoint", {}, scene.workspaceId)).data as unknown,
    },
    "acting key": { of: ({ actingKeyId }) => actingKeyId, isRow: true },
    target: { of: ({ recordedKeyId }) => recordedKeyId, isRow: true },
  },
});
