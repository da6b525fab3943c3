// What a call needs after a failure, and what only some clients need. An ordinary call needs none of it, so it is loaded apart.
export { callFailure } from "./call-failure.ts";
export { extraHeaders } from "./extra-headers.ts";
export { callbackError } from "./failures/explain-callback.ts";
export { fetchFailure } from "./failures/fetch-failure.ts";
export { closeNames } from "./close-names.ts";
export { handIn } from "./given.ts";
export { findMistake } from "./mistakes.ts";
export { observe } from "./observe.ts";
export { runLocked } from "./run-locked.ts";
export { responseError } from "./response-error.ts";
export { sendAgain } from "./send-again.ts";
export { sendWithNewTokens } from "./renew.ts";
export { signOutHere } from "./sign-out-here.ts";
export { allItems, walkPages } from "./walk-pages.ts";
