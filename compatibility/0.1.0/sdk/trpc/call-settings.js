import { systemClock } from "../clock.js";
const keys = new WeakMap();
/** Reads the settings. @throws TypeError that names an invalid setting */
export function settingsOf(op) {
    const { workspaceId, timeoutMs, idempotencyKey } = op.context;
    if (workspaceId !== undefined && typeof workspaceId !== "string")
        throw new TypeError("context.workspaceId must be the id of a workspace.");
    if (timeoutMs !== undefined && typeof timeoutMs !== "number")
        throw new TypeError("context.timeoutMs must be a number of milliseconds.");
    return {
        workspaceId,
        timeoutMs,
        idempotencyKey: op.type === "mutation" ? keyOf(op, idempotencyKey) : undefined,
    };
}
function keyOf(op, own) {
    if (typeof own === "string" && /^[\x21-\x7e]{1,255}$/.test(own))
        return own;
    if (own !== undefined)
        throw new TypeError("context.idempotencyKey must be 1 to 255 visible ASCII characters, without spaces.");
    const key = keys.get(op) ?? systemClock.newId();
    keys.set(op, key);
    return key;
}
