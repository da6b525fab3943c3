// The rotation of the server's secret keys, for the command `projostack rotate-keys`.
export { KeyRotationRefused } from "./keys/key-rotation-refused.ts";
export { addKey, describeKeys, removeKey, useKey, type KeyFacts } from "./keys/key-line.ts";
export { openKeyStore, type KeyStore } from "./keys/key-store.ts";
export { systemRandomness } from "./runtime/randomness.ts";
