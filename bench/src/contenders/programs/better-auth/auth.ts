// better-auth with its organization plugin, configured as in its documentation: the Prisma adapter, the bearer plugin for
// callers without cookies, and access control with custom permissions. Its cookie cache is off: with the cache, a revoked
// session stays valid until the cache expires, which none of the other contenders allows.
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
  /** Whether the adapter reads related rows with joins. */
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
