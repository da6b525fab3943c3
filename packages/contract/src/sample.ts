// The values of the examples. A test runs each example with the ids, addresses and tokens of real rows in their place. A text
// that ends in "..." is shortened: the test compares only the part before it.

/** Ids, each of one thing, so that an id in one example is the same thing in another. */
const ids = {
  userId: "0199f3a0-5c10-775a-ba25-0213646736a4",
  memberId: "0199f3a1-d90b-70ce-8a49-e6b8b28b1aa7",
  workspaceId: "0199f3a3-5606-78d5-919b-b70cfdfe07ca",
  projectId: "0199f3a4-d301-7114-b069-31b28f7575b5",
  taskId: "0199f3a6-4ffc-7046-b24e-fcfc89c244a6",
  inviteId: "0199f3a7-ccf7-7306-8291-33a26481aa49",
  keyId: "0199f3a9-49f2-76cc-9b5b-c1bb5ed1b371",
  sessionId: "0199f3aa-c6ed-76f4-873d-6e5446249ca0",
  entryId: "0199f3ac-43e8-73cd-a2c0-d2e2344f550a",
  otherProjectId: "0199f3ad-c0e3-7f00-8f40-a5684f005ecf",
  newWorkspaceId: "0199f3af-3dde-7b49-97f3-80a61c45f0b2",
  clubId: "0199f3b0-bad9-783e-a6d7-940e2efe264b",
  clubOwnerId: "0199f3b2-37d4-77d5-ab5a-61cd4ff39cb1",
  deletedWorkspaceId: "0199f3b3-b4cf-7ea7-a98b-f965632e1541",
  newInviteId: "0199f3b5-31ca-7cbf-8dfb-8d33aad2e843",
  ownInviteId: "0199f3b6-aec5-7b4b-8862-94ef3a6e7073",
  hostWorkspaceId: "0199f3b8-2bc0-729e-81b6-b2ba9bbbaae0",
  newKeyId: "0199f3b9-a8bb-7696-ac17-f60086922871",
  deletedTaskId: "0199f3be-1fac-752d-ad27-fca72c205078",
  newUserId: "0199f3ce-7e75-7daa-a79c-8ec73ae56c4b",
  newProjectId: "0199f3cf-fb70-799c-9d43-7cdbfd555151",
  newTaskId: "0199f3d1-786b-72ac-815c-93f281836dc0",
  currentSessionId: "0199f3d2-f566-7610-90f8-a15e64310c4d",
  sourceId: "0199f3d7-6c3d-7e91-b5d2-4a8c0f6e2d39",
  sourceProjectId: "0199f3d4-7263-7c5e-9a41-6d2b8f0e3c17",
  sourceFounderId: "0199f3d5-ef50-7b2a-8c63-1f9d4e7a5b08",
  createdTaskIds: ["0199f3cd-017a-7078-8503-b2a05836205b", "0199f3cd-017a-7a38-8fdc-5a95a18ad941"],
  // A UUID of version 8: it is derived and not random.
  sessionPseudonym: "e0b714bf-9034-88b2-ab91-8e0a8998f5b7",
} as const;

/** Times, in the order in which the things of the examples are created. */
const times = {
  createdAt: "2026-01-31T09:30:00.000Z",
  changedAt: "2026-02-02T14:05:10.250Z",
  expiresAt: "2026-03-02T09:30:00.000Z",
} as const;

export const sample = {
  ...ids,
  ...times,
  email: "ada@example.com",
  otherEmail: "grace@example.com",
  newEmail: "mary@example.com",
  password: "correct horse battery staple",
  newPassword: "a quiet river in the night",
  accessToken: "pja_...",
  refreshToken: "pjr_...",
  inviteToken: "pji_...",
  mailedToken: "pjo_...",
  serviceKey: "pjk_...",
  version: "0.1.0",
  hash: "9f2c6d0e4b1a87355c3e91f0d7a2486bb05e1fc37d9a6428e3f70c15ab84d296",
} as const;
