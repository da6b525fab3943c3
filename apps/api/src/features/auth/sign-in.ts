import { Failure } from "../../rpc/failure.ts";
import type { Services } from "../../rpc/services.ts";
import type { Credentials } from "./sign-up.ts";
import { toSignedIn } from "./signed-in.ts";

/** Signs in. An unknown email takes as long as a wrong password. @throws Failure auth.invalid_credentials */
export async function signIn({ db, passwords, sessions }: Services, { email, password }: Credentials) {
  const user = await db.system.user.findUnique({ where: { email } });
  const matches = await passwords.verify(user?.passwordHash ?? null, password);
  if (!user || !matches) throw new Failure("auth.invalid_credentials");
  return toSignedIn(user, await sessions.start(user.id));
}
