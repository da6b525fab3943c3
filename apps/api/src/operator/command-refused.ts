/** The words were right, and there is nothing to do, or it must not be done. */
export class CommandRefused extends Error {
  override readonly name = "Refused";
}
