// Recognizes arguments that a call can use. JSON.stringify drops or replaces what JSON cannot represent, so such an input is
// a mistake: without the value, the call could do something else than the caller meant. `mistakes.ts` explains it.
/** TanStack Query calls a query function with its context, and a mutation function with its context as second argument. */
export function isForeignContext(value) {
    return typeof value === "object" && value !== null && "client" in value && "meta" in value;
}
/** Returns true if the input is an object that JSON represents, or absent. */
export function isValidInput(input) {
    if (input === undefined || isForeignContext(input))
        return true;
    try {
        return typeof input === "object" && input !== null && !Array.isArray(input) && isJson(input);
    }
    catch {
        // A circular input has no end.
        return false;
    }
}
/** Returns true if JSON represents the value. @throws RangeError for a circular value */
export function isJson(value) {
    if (typeof value === "number")
        return Number.isFinite(value);
    if (typeof value !== "object")
        return ["string", "boolean", "undefined"].includes(typeof value);
    if (value === null)
        return true;
    if (hasToJson(value)) {
        const json = value.toJSON();
        // JSON.stringify sends null for an invalid Date.
        return json !== null && isJson(json);
    }
    if (Array.isArray(value))
        return value.every((item) => item !== undefined && isJson(item));
    // A Map, a Promise and a FormData would become {}. They have tags of their own.
    return Object.prototype.toString.call(value) === "[object Object]" && Object.values(value).every(isJson);
}
function hasToJson(value) {
    return "toJSON" in value && typeof value.toJSON === "function";
}
