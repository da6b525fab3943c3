// The text of the server's secret keys: `kid:key` pairs separated by commas, newest first.

export interface KeyPair {
  readonly kid: number;
  readonly key: Buffer;
  /** The key as it is written. */
  readonly encoded: string;
}

/** The text of the keys is malformed. */
export class KeyRingError extends Error {
  override readonly name = "KeyRingError";
}

/**
 * @param text pairs separated by commas; a kid is a number from 1 to 65535, a key at least 32 bytes in base64url
 * @throws KeyRingError
 */
export function parseKeyPairs(text: string): [KeyPair, ...KeyPair[]] {
  const [newest, ...others] = text.split(",").map(parseKeyPair);
  if (!newest || new Set([newest, ...others].map(({ kid }) => kid)).size !== others.length + 1) {
    throw new KeyRingError("PROJO_TOKEN_KEYS names one kid twice. Give each key a number of its own.");
  }
  return [newest, ...others];
}

function parseKeyPair(pair: string): KeyPair {
  const [, kid = "", encoded = ""] = /^\s*([1-9]\d{0,4}):([\w-]+)\s*$/.exec(pair) ?? [];
  const key = Buffer.from(encoded, "base64url");
  if (key.length < 32 || Number(kid) > 65_535) {
    throw new KeyRingError(
      "PROJO_TOKEN_KEYS must be kid:key pairs: a number from 1 to 65535, and 32 bytes or more in base64url.",
    );
  }
  return { kid: Number(kid), key, encoded };
}
