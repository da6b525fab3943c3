// Makes the error of a runtime, a fetch or a store safe to log. Such an error may contain the whole request, with its token
// and its input.
const MIN_SECRET_LENGTH = 4;
const MAX_VALUES = 200;
const MAX_DEPTH = 4;
const tokenForm = /\bpj[a-z]_\w/;
/** Returns the texts of a request that must not appear in an error: the values of its headers and the texts of its input. */
export function secretsOf({ headers, url }, input) {
    const found = Object.values(headers).map((value) => value.replace(/^Bearer /, ""));
    const [, query] = url.split("?");
    if (query !== undefined)
        found.push(query);
    JSON.stringify(input, (_, value) => {
        if (typeof value !== "string")
            return value;
        const escaped = JSON.stringify(value).slice(1, -1);
        found.push(value, escaped, encodeURIComponent(value), encodeURIComponent(escaped));
        return value;
    });
    return found;
}
/** Returns the error itself if it contains no secret, and otherwise a copy without the texts that contain one. */
export function safeCause(error, secrets) {
    // A short text would occur in most messages by chance.
    const long = secrets.filter(({ length }) => length >= MIN_SECRET_LENGTH);
    const isSafe = (text) => !tokenForm.test(text) && !long.some((secret) => text.includes(secret));
    try {
        return isClean(error, isSafe) ? error : copyOf(error, isSafe, 0);
    }
    catch {
        // An accessor of the error throws, so nothing of it is shown.
        return undefined;
    }
}
/** Examines everything that an inspector would show. An object that is neither plain nor an error may show more. */
function isClean(error, isSafe) {
    const found = new Set([error]);
    for (const value of found) {
        if (found.size > MAX_VALUES)
            return false;
        if (typeof value === "string" && !isSafe(value))
            return false;
        if (typeof value !== "object" || value === null)
            continue;
        if (isError(value))
            for (const key of ["name", "message", "stack", "cause"])
                found.add(value[key]);
        else if (![Object.prototype, Array.prototype, null].some((plain) => plain === Object.getPrototypeOf(value)))
            return false;
        for (const key of Reflect.ownKeys(value))
            found.add(key).add(Object.getOwnPropertyDescriptor(value, key)?.value);
    }
    return true;
}
function copyOf(error, isSafe, depth) {
    if (!isError(error) || depth > MAX_DEPTH)
        return undefined;
    const { name, message, stack = "", cause } = error;
    const cleanMessage = isSafe(message) ? message : "(The message is omitted: it contains data of the call.)";
    const copy = new Error(cleanMessage);
    if (isSafe(name))
        copy.name = name;
    const frames = (stack.match(/\n +at .*/g) ?? []).filter(isSafe).join("");
    copy.stack = `${copy.name}: ${cleanMessage}${frames}`;
    const inner = copyOf(cause, isSafe, depth + 1);
    const { code } = error;
    return Object.assign(copy, typeof code === "string" && isSafe(code) && { code }, inner !== undefined && { cause: inner });
}
function isError(value) {
    return value instanceof Error;
}
