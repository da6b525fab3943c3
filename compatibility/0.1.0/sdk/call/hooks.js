/** Returns the hooks of the options, or undefined when there is none. */
export function hooksOf(options) {
    return Object.entries(options).some(([name, hook]) => hook && /^on|^debug/.test(name))
        ? { ...options }
        : undefined;
}
