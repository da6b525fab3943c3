import { randomBytes } from "node:crypto";
import { dropReplies, refusal, strangerAt, tokensOf, type Holder } from "./holder.ts";
import { mailedToken } from "./mailed-token.ts";
import { memoryTokenStore } from "@projostack/sdk";

export interface Drill {
  readonly url: string;
  /** Where the server writes its mail while it is developed: `<PROJO_DATA_DIR>/mail`. */
  readonly mailDirectory: string;
  now: () => number;
  wait: (ms: number) => Promise<unknown>;
  say: (line: string) => void;
}

/** Runs all steps, and ends at the first that is not as promised. @returns whether all were */
export async function drill(given: Drill): Promise<boolean> {
  const { say, url } = given;
  say(`Sessions at ${url}`);
  try {
    await new Steps(given).run();
    say("All as promised.");
    return true;
  } catch (error) {
    say(`  ✗ ${error instanceof Error ? error.message : String(error)}`);
    return false;
  }
}

/** A step's promise was not kept. Holds no token. */
class Broken extends Error {}

function promise(kept: boolean, otherwise: string): asserts kept {
  if (!kept) throw new Broken(otherwise);
}

class Steps {
  readonly #given: Drill;
  readonly #email: string;
  readonly #password = randomBytes(18).toString("base64url");

  constructor(given: Drill) {
    this.#given = given;
    this.#email = `drill-${given.now()}-${randomBytes(4).toString("hex")}@example.com`;
  }

  async run(): Promise<void> {
    const ann = await this.#signUp();
    await this.#verify(ann);
    await this.#wrongPassword();
    const laptop = await this.#signIn("her laptop");
    await this.#refresh(laptop);
    await this.#parallel(laptop);
    await this.#lostReply(laptop);
    await this.#theft();
    await this.#garbage(laptop);
    await this.#revoke(ann, laptop);
    await this.#signOut();
    await this.#everywhere(ann);
  }

  async #signUp(): Promise<Holder> {
    const holder = strangerAt(this.#given.url);
    const { user } = await holder.client.auth.signUp({ email: this.#email, password: this.#password });
    promise(user.emailVerifiedAt === null, "The new address counts as verified before anybody showed it.");
    this.#done(`Ann signs up as ${this.#email}; her address is not verified yet.`);
    return holder;
  }

  async #verify({ client }: Holder): Promise<void> {
    const token = await mailedToken(this.#given, this.#email);
    await client.email.verify({ token });
    const { user } = await client.auth.me();
    promise(user.emailVerifiedAt !== null, "The address is not verified by its mail's token.");
    this.#done("The mailed token verifies her address.");
    const again = await refusal(client.email.verify({ token }));
    promise(again === "token.invalid", `The same token a second time was answered with ${again}.`);
    this.#done("The same token a second time is refused.");
  }

  async #wrongPassword(): Promise<void> {
    const { client } = strangerAt(this.#given.url);
    const reason = await refusal(client.auth.signIn({ email: this.#email, password: `${this.#password}x` }));
    promise(reason === "auth.invalid_credentials", `A wrong password was answered with ${reason}.`);
    this.#done("A wrong password is refused.");
  }

  async #signIn(where: string): Promise<Holder> {
    const holder = strangerAt(this.#given.url);
    await holder.client.auth.signIn({ email: this.#email, password: this.#password });
    this.#done(`She signs in on ${where}.`);
    return holder;
  }

  async #refresh({ client, store }: Holder): Promise<void> {
    const before = await tokensOf(store);
    await client.auth.refresh({ refreshToken: before.refreshToken });
    const after = await tokensOf(store);
    promise(after.sessionId === before.sessionId, "A refresh went over to another session.");
    promise(after.refreshToken !== before.refreshToken, "A refresh gave the same refresh token.");
    await client.auth.me();
    this.#done("A refresh gives her the next tokens of the same session.");
  }

  async #parallel({ client, store }: Holder): Promise<void> {
    const { refreshToken } = await tokensOf(store);
    const stranger = strangerAt(this.#given.url).client;
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => stranger.auth.refresh({ refreshToken })),
    );
    const successors = new Set(answers.map((answer) => answer.refreshToken));
    promise(successors.size === 1, `Eight refreshes at once gave ${successors.size} different tokens.`);
    await client.auth.refresh({ refreshToken });
    await client.auth.me();
    this.#done("Eight refreshes at once, as of many tabs, are one step: all get the same next token.");
  }

  async #lostReply({ store }: Holder): Promise<void> {
    const { refreshToken } = await tokensOf(store);
    const losing = strangerAt(this.#given.url, { store, fetch: dropReplies("auth.refresh", 1) });
    const lost = await refusal(losing.client.auth.refresh({ refreshToken }));
    promise(lost === "CONNECTION_FAILED", "The reply that should get lost did not.");
    await losing.client.auth.refresh({ refreshToken });
    await losing.client.auth.me();
    this.#done("A refresh whose reply was lost is repeated with the same token, and she stays signed in.");
  }

  /** Two hold the same tokens. Whichever of them uses the old one after the other went on, the session ends for both. */
  async #theft(): Promise<void> {
    const phone = await this.#signIn("her phone");
    const stolen = await tokensOf(phone.store);
    this.#done("A thief copies the tokens of her phone.");
    for (let turn = 0; turn < 2; turn += 1) {
      const { refreshToken } = await tokensOf(phone.store);
      await phone.client.auth.refresh({ refreshToken });
      await phone.client.auth.me();
    }
    this.#done("Her phone goes on as ever, and refreshes twice.");
    const thief = strangerAt(this.#given.url).client;
    const caught = await refusal(thief.auth.refresh({ refreshToken: stolen.refreshToken }));
    promise(caught === "auth.token_reused", `The thief's refresh was answered with ${caught}.`);
    this.#done("The thief refreshes with the old token, and is caught: the session ends.");
    const copy = strangerAt(this.#given.url, { store: memoryTokenStore(stolen) });
    for (const [who, client] of [
      ["The thief", copy.client],
      ["Her phone", phone.client],
    ] as const) {
      const reason = await refusal(client.auth.me());
      promise(reason === "auth.unauthenticated", `${who} was answered with ${reason} afterwards.`);
    }
    this.#done("No token of that session works any more: not the thief's, not her phone's.");
  }

  async #garbage({ client, store }: Holder): Promise<void> {
    const { refreshToken, accessToken } = await tokensOf(store);
    const stranger = strangerAt(this.#given.url).client;
    const flipped = `${refreshToken.slice(0, -2)}${refreshToken.endsWith("AA") ? "BB" : "AA"}`;
    for (const wrong of [flipped, refreshToken.slice(0, -4), accessToken, "pjr_", "nothing"]) {
      const reason = await refusal(stranger.auth.refresh({ refreshToken: wrong }));
      promise(reason === "auth.unauthenticated", `A token that is none was answered with ${reason}.`);
    }
    await client.auth.me();
    this.#done("Broken, cut and swapped tokens are refused, and end nobody's session.");
  }

  async #revoke({ client }: Holder, laptop: Holder): Promise<void> {
    const { sessionId } = await tokensOf(laptop.store);
    const { items } = await client.sessions.list({ limit: 100 });
    promise(
      items.some(({ id, current }) => id === sessionId && !current),
      "The laptop's session is not in the list of her sessions.",
    );
    promise(!/pj[aro]_/.test(JSON.stringify(items)), "The list of sessions shows a secret.");
    this.#done(`Her list shows ${items.length} sessions, with no secret in it.`);
    await client.sessions.revoke({ id: sessionId });
    const reason = await refusal(laptop.client.auth.me());
    promise(reason === "auth.unauthenticated", `The ended laptop was answered with ${reason}.`);
    await client.auth.me();
    this.#done("She ends the laptop's session from afar: it is out at its next call, and she is not.");
  }

  async #signOut(): Promise<void> {
    const browser = await this.#signIn("a borrowed browser");
    const kept = await tokensOf(browser.store);
    await browser.client.auth.signOut();
    await this.#areDead(kept);
    this.#done("She signs out there: tokens that somebody kept no longer work.");
  }

  async #everywhere(ann: Holder): Promise<void> {
    const tablet = await this.#signIn("a tablet");
    const kept = [await tokensOf(ann.store), await tokensOf(tablet.store)];
    const { ended } = await ann.client.auth.signOutEverywhere();
    promise(ended === 2, `Signing out everywhere ended ${ended} sessions, of 2.`);
    for (const tokens of kept) await this.#areDead(tokens);
    this.#done("She signs out everywhere: both sessions that were left end, this one too.");
  }

  async #areDead(tokens: Awaited<ReturnType<typeof tokensOf>>): Promise<void> {
    const { refreshToken, accessToken } = tokens;
    const calls = [
      strangerAt(this.#given.url, { store: memoryTokenStore({ accessToken }) }).client.auth.me(),
      strangerAt(this.#given.url).client.auth.refresh({ refreshToken }),
    ];
    // Heard together: a refusal that comes before it is awaited would end the process.
    for (const reason of await Promise.all(calls.map(refusal))) {
      promise(reason === "auth.unauthenticated", `A token of an ended session was answered with ${reason}.`);
    }
  }

  #done(words: string): void {
    this.#given.say(`  ✓ ${words}`);
  }
}
