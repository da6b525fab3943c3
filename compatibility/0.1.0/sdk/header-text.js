/**
 * Returns the text if it is valid in a header: printable ASCII without spaces. Checks it here because the runtime's own
 * error quotes the text, which would put a token into logs.
 *
 * @throws TypeError whose message does not contain the text
 */
export function checkHeaderText(text, what) {
    if (typeof text === "string" && /^[\x21-\x7e]+$/.test(text))
        return text;
    const kind = text === null ? "null" : typeof text;
    const problem = text === ""
        ? "at least one character. Set it, or omit it."
        : kind === "string"
            ? "printable ASCII without spaces or line breaks. If it was read from a file, remove the line break at its end."
            : `a string, and not ${kind}.`;
    throw new TypeError(`${what} must be ${problem}`);
}
