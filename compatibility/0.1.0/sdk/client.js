import { systemClock } from "./clock.js";
import { UnknownOperationError } from "./errors.js";
import { isForeignContext, isValidInput } from "./input.js";
import { similarOption } from "./option-names.js";
import { isList, isOperationName, operationNames } from "./operation-name.js";
import { callOptionNames, checkOptions, isCallOptions, checkWorkspaceId, } from "./options.js";
import { paged } from "./paged.js";
import { loadRecovery } from "./call/load-recovery.js";
import { perform } from "./call/perform.js";
import { StartedCall } from "./started-call.js";
export function createClient(options) {
    if (typeof options !== "object" || options === null)
        throw new TypeError("createClient needs options: createClient({ baseUrl }).");
    return connect(checkOptions(options), systemClock);
}
/** Creates a client with the given clock. `createClient` uses the system's clock, tests use their own. */
export function connect(connection, clock) {
    return createMethods(connection, sendWith(clock));
}
/** Carries out calls over the `fetch` of the connection. */
export function sendWith(clock) {
    return async (call) => {
        let response;
        const data = await perform({ ...call, clock, onSuccess: (received) => (response = received) });
        const { status, headers, requestId } = response;
        return { data, status, headers, requestId };
    };
}
/** Creates a client whose methods carry out their calls with `send`. */
export function createMethods(connection, send) {
    const invoke = (name, givenInput, givenOptions) => {
        const run = async (page = {}) => {
            const { input, options } = await readArguments(name, givenInput, givenOptions);
            return await send({ connection, name, input: addPage(input, page), options });
        };
        if (!isList(name))
            return StartedCall.of(run());
        return paged({
            operation: name,
            hasLimit: givenInput?.limit !== undefined,
            fetchPage: (page) => run(page),
        });
    };
    const resources = methods(invoke);
    const { baseUrl, workspaceId } = connection;
    const description = { baseUrl, workspaceId };
    const client = {
        ...resources,
        workspaceId,
        workspace: (id) => createMethods({ ...connection, workspaceId: checkWorkspaceId(id) }, send),
        call: (name, input, options) => {
            if (typeof name !== "string" || !isOperationName(name))
                return refuseName(String(name));
            const [resource = "", verb = ""] = name.split(".");
            return resources[resource]?.[verb]?.(input, options);
        },
    };
    Object.defineProperties(client, {
        workspaceId: { writable: false },
        toJSON: { value: () => description },
        // The form that console.log and util.inspect of Node.js, Deno and Bun print.
        [Symbol.for("nodejs.util.inspect.custom")]: { value: () => `Client ${JSON.stringify(description)}` },
    });
    return client;
}
/** Returns the arguments without what a library passes in their place. @throws TypeError that names a mistake */
async function readArguments(operation, input, options) {
    const isIgnored = options === undefined || typeof options === "number" || isForeignContext(options);
    const isValid = isIgnored || (typeof options === "object" && options !== null && isCallOptions(options));
    if (!isValid || !isValidInput(input)) {
        const mistake = (await loadRecovery())?.findMistake({
            operation,
            input,
            isValidInput: isValidInput(input),
            options: isIgnored ? {} : options,
            optionNames: callOptionNames,
            similarOption: (name) => similarOption(name, callOptionNames),
        });
        if (mistake !== undefined)
            throw mistake;
    }
    return {
        input: isForeignContext(input) ? undefined : input,
        options: isIgnored ? {} : options,
    };
}
function addPage(input, page) {
    return Object.keys(page).length === 0 ? input : { ...input, ...page };
}
async function refuseName(name) {
    throw new UnknownOperationError(name, (await loadRecovery())?.closeNames(name, operationNames) ?? []);
}
function methods(invoke) {
    const resources = {};
    for (const name of operationNames) {
        const [resource = "", verb = ""] = name.split(".");
        const verbs = (resources[resource] ??= {});
        // The computed key gives the function its name.
        Object.assign(verbs, { [verb]: (input, options) => invoke(name, input, options) });
    }
    return resources;
}
