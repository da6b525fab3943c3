/** The keys cannot be changed in this way. The message is one line and says what to do. It contains no key. */
export class KeyRotationRefused extends Error {
  override readonly name = "KeyRotationRefused";
}
