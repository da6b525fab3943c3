import { randomBytes } from "node:crypto";
import { dropReplies, newClient, refusal, tokensOf, type SignedInClient } from "./client.ts";
import { mailedToken } from "./mailed-token.ts";
import { memoryTokenStore } from "@projostack/sdk";

export interface DrillOptions {
  readonly url: string;
  /** The directory to which the server writes its mail: `<PROJO_DATA_DIR>/mail`. */
  readonly mailDirectory: string;
  now: () => number;
  wait: (ms: number) => Promise<unknown>;
  print: (line: string) => void;
}

/** Runs all steps and stops at the first unexpected result. @returns whether all steps succeeded */
export async function drill(options: DrillOptions): Promise<boolean> {
  const { print, url } = options;
  print(`Sessions at ${url}`);
  try {
    await new Steps(options).run();
    print("All steps succeeded.");
    return true;
  } catch (error) {
    print(`  ✗ ${error instanceof Error ? error.message : String(error)}`);
    return false;
  }
}

/** Throws an error with the message, which must not contain a token. */
function assert(isTrue: boolean, message: string): asserts isTrue {
  if (!isTrue) throw new Error(message);
}

class Steps {
  readonly #options: DrillOptions;
  readonly #email: string;
  readonly #password = randomBytes(18).toString("base64url");

  constructor(options: DrillOptions) {
    this.#options = options;
    this.#email = `drill-${options.now()}-${randomBytes(4).toString("hex")}@example.com`;
  }

  async run(): Promise<void> {
    const first = await this.#signUp();
    await this.#verify(first);
    await this.#wrongPassword();
    const laptop = await this.#signIn("a laptop");
    await this.#refresh(laptop);
    await this.#parallel(laptop);
    await this.#lostReply(laptop);
    await this.#theft();
    await this.#garbage(laptop);
    await this.#revoke(first, laptop);
    await this.#signOut();
    await this.#everywhere(first);
  }

  async #signUp(): Promise<SignedInClient> {
    const signedIn = newClient(this.#options.url);
    const { user } = await signedIn.client.auth.signUp({ email: this.#email, password: this.#password });
    assert(user.emailVerifiedAt === null, "The address of a new account is already verified.");
    this.#done(`The user signs up as ${this.#email}. The address is not verified yet.`);
    return signedIn;
  }

  async #verify({ client }: SignedInClient): Promise<void> {
    const token = await mailedToken(this.#options, this.#email);
    await client.email.verify({ token });
    const { user } = await client.auth.me();
    assert(user.emailVerifiedAt !== null, "The mailed token did not verify the address.");
    this.#done("The mailed token verifies the address.");
    const again = await refusal(client.email.verify({ token }));
    assert(again === "token.invalid", `The second use of the token returned ${again}.`);
    this.#done("The second use of the token is refused.");
  }

  async #wrongPassword(): Promise<void> {
    const { client } = newClient(this.#options.url);
    const reason = await refusal(client.auth.signIn({ email: this.#email, password: `${this.#password}x` }));
    assert(reason === "auth.invalid_credentials", `A wrong password returned ${reason}.`);
    this.#done("A wrong password is refused.");
  }

  async #signIn(device: string): Promise<SignedInClient> {
    const signedIn = newClient(this.#options.url);
    await signedIn.client.auth.signIn({ email: this.#email, password: this.#password });
    this.#done(`The user signs in on ${device}.`);
    return signedIn;
  }

  async #refresh({ client, store }: SignedInClient): Promise<void> {
    const before = await tokensOf(store);
    await client.auth.refresh({ refreshToken: before.refreshToken });
    const after = await tokensOf(store);
    assert(after.sessionId === before.sessionId, "A refresh changed the session.");
    assert(after.refreshToken !== before.refreshToken, "A refresh returned the same refresh token.");
    await client.auth.me();
    this.#done("A refresh returns the next tokens of the same session.");
  }

  async #parallel({ client, store }: SignedInClient): Promise<void> {
    const { refreshToken } = await tokensOf(store);
    const other = newClient(this.#options.url).client;
    const answers = await Promise.all(Array.from({ length: 8 }, () => other.auth.refresh({ refreshToken })));
    const successors = new Set(answers.map((answer) => answer.refreshToken));
    assert(successors.size === 1, `Eight concurrent refreshes returned ${successors.size} different tokens.`);
    await client.auth.refresh({ refreshToken });
    await client.auth.me();
    this.#done("Eight concurrent refreshes, as of several browser tabs, return the same next token.");
  }

  async #lostReply({ store }: SignedInClient): Promise<void> {
    const { refreshToken } = await tokensOf(store);
    const losing = newClient(this.#options.url, { store, fetch: dropReplies("auth.refresh", 1) });
    const lost = await refusal(losing.client.auth.refresh({ refreshToken }, { maxRetries: 0 }));
    assert(lost === "CONNECTION_FAILED", "The reply of the test was not lost.");
    await losing.client.auth.refresh({ refreshToken });
    await losing.client.auth.me();
    this.#done(
      "A refresh whose reply was lost is repeated with the same token, and the user stays signed in.",
    );
  }

  /** Two clients have the same tokens. When one of them uses an old refresh token, the session ends for both. */
  async #theft(): Promise<void> {
    const phone = await this.#signIn("a phone");
    const stolen = await tokensOf(phone.store);
    this.#done("A thief copies the tokens of the phone.");
    for (let count = 0; count < 2; count += 1) {
      const { refreshToken } = await tokensOf(phone.store);
      await phone.client.auth.refresh({ refreshToken });
      await phone.client.auth.me();
    }
    this.#done("The phone refreshes twice.");
    const thief = newClient(this.#options.url).client;
    const reuse = await refusal(thief.auth.refresh({ refreshToken: stolen.refreshToken }));
    assert(reuse === "auth.token_reused", `The thief's refresh returned ${reuse}.`);
    this.#done("The thief refreshes with the old token. The server detects the reuse and ends the session.");
    const copy = newClient(this.#options.url, { store: memoryTokenStore(stolen) });
    for (const [owner, client] of [
      ["the thief", copy.client],
      ["the phone", phone.client],
    ] as const) {
      const reason = await refusal(client.auth.me());
      assert(reason === "auth.unauthenticated", `Afterwards a call of ${owner} returned ${reason}.`);
    }
    this.#done("No token of the session is valid any more, neither the thief's nor the phone's.");
  }

  async #garbage({ client, store }: SignedInClient): Promise<void> {
    const { refreshToken, accessToken } = await tokensOf(store);
    const other = newClient(this.#options.url).client;
    const flipped = `${refreshToken.slice(0, -2)}${refreshToken.endsWith("AA") ? "BB" : "AA"}`;
    for (const wrong of [flipped, refreshToken.slice(0, -4), accessToken, "pjr_", "nothing"]) {
      const reason = await refusal(other.auth.refresh({ refreshToken: wrong }));
      assert(reason === "auth.unauthenticated", `An invalid token returned ${reason}.`);
    }
    await client.auth.me();
    this.#done("Changed, truncated and swapped tokens are refused and end no session.");
  }

  async #revoke({ client }: SignedInClient, laptop: SignedInClient): Promise<void> {
    const { sessionId } = await tokensOf(laptop.store);
    const { items } = await client.sessions.list({ limit: 100 });
    assert(
      items.some(({ id, current }) => id === sessionId && !current),
      "The session of the laptop is not in the list of sessions.",
    );
    assert(!/pj[aro]_/.test(JSON.stringify(items)), "The list of sessions contains a secret.");
    this.#done(`The list contains ${items.length} sessions and no secret.`);
    await client.sessions.revoke({ id: sessionId });
    const reason = await refusal(laptop.client.auth.me());
    assert(reason === "auth.unauthenticated", `A call of the laptop returned ${reason}.`);
    await client.auth.me();
    this.#done(
      "The user revokes the session of the laptop from another device. Its next call is refused; the other session continues.",
    );
  }

  async #signOut(): Promise<void> {
    const browser = await this.#signIn("a borrowed browser");
    const kept = await tokensOf(browser.store);
    await browser.client.auth.signOut();
    await this.#checkEnded(kept);
    this.#done("The user signs out there. Copies of the tokens are refused.");
  }

  async #everywhere(first: SignedInClient): Promise<void> {
    const tablet = await this.#signIn("a tablet");
    const kept = [await tokensOf(first.store), await tokensOf(tablet.store)];
    const { ended } = await first.client.auth.signOutEverywhere();
    assert(ended === 2, `Signing out everywhere ended ${ended} sessions instead of 2.`);
    for (const tokens of kept) await this.#checkEnded(tokens);
    this.#done("The user signs out everywhere. Both remaining sessions end, including the current one.");
  }

  async #checkEnded(tokens: Awaited<ReturnType<typeof tokensOf>>): Promise<void> {
    const { refreshToken, accessToken } = tokens;
    const calls = [
      newClient(this.#options.url, { store: memoryTokenStore({ accessToken }) }).client.auth.me(),
      newClient(this.#options.url).client.auth.refresh({ refreshToken }),
    ];
    // Await both together, because a rejection that nothing awaits yet would end the process.
    for (const reason of await Promise.all(calls.map(refusal))) {
      assert(reason === "auth.unauthenticated", `A token of an ended session returned ${reason}.`);
    }
  }

  #done(step: string): void {
    this.#options.print(`  ✓ ${step}`);
  }
}
