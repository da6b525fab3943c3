/** The command was valid but cannot be carried out. The message gives the reason. */
export class CommandRefused extends Error {
  override readonly name = "Refused";
}
