// better-auth with its organization plugin, as its documentation sets it up: the Prisma adapter, the bearer plugin for
// callers that have no cookies, and access control with permissions of one's own. Its cookie cache is not used: for as long
// as it holds, a session that was revoked still opens, and none of the others lets one do so.
import { prismaAdapter } from "@better-auth/prisma-adapter";
import { betterAuth } from "better-auth";
import { bearer, organization } from "better-auth/plugins";
import { createAccessControl } from "better-auth/plugins/access";
import type { Settings } from "../settings.ts";
import type { PrismaClient } from "./prisma.ts";

export const accessControl = createAccessControl({ task: ["read", "write"], project: ["read", "write"] });

const reading = { task: ["read"], project: ["read"] } as const;
const writing = { task: ["read", "write"], project: ["read", "write"] } as const;

export const roles = {
  viewer: accessControl.newRole(reading),
  member: accessControl.newRole(writing),
  admin: accessControl.newRole(writing),
};

export interface AuthOptions extends Pick<Settings, "secret"> {
  readonly prisma: PrismaClient;
  /** Whether what belongs together is read by one query of the adapter. */
  readonly joins: boolean;
}

export const createAuth = ({ prisma, secret, joins }: AuthOptions) =>
  betterAuth({
    baseURL: "http://127.0.0.1",
    secret,
    database: prismaAdapter(prisma, { provider: "postgresql" }),
    emailAndPassword: { enabled: true },
    plugins: [bearer(), organization({ ac: accessControl, roles, creatorRole: "admin" })],
    advanced: { database: { joins } },
  });

export type Auth = ReturnType<typeof createAuth>;
