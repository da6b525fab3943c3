// Names an unknown option and the option that was probably meant.
export function unknownOption(name, known) {
    const similar = similarOption(name, known);
    const hint = similar === undefined ? `The options are ${known.join(", ")}.` : `Did you mean ${similar}?`;
    return `There is no option ${JSON.stringify(name)}. ${hint}`;
}
/** Returns the option whose name contains the other one, or is contained in it. Other clients call the token apiKey. */
export function similarOption(name, known) {
    const lower = name.toLowerCase().replace("apikey", "token").replace("retry", "retries");
    return known.find((option) => {
        const other = option.toLowerCase();
        return other.includes(lower) || lower.includes(other);
    });
}
