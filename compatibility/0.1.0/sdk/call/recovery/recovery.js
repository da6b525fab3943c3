// What a call needs after a failure, and what only some clients need. An ordinary call needs none of it, so it is loaded apart.
export { callFailure } from "./call-failure.js";
export { extraHeaders } from "./extra-headers.js";
export { callbackError } from "./failures/explain-callback.js";
export { fetchFailure } from "./failures/fetch-failure.js";
export { closeNames } from "./close-names.js";
export { handIn } from "./given.js";
export { findMistake } from "./mistakes.js";
export { observe } from "./observe.js";
export { runLocked } from "./run-locked.js";
export { responseError } from "./response-error.js";
export { sendAgain } from "./send-again.js";
export { sendWithNewTokens } from "./renew.js";
export { signOutHere } from "./sign-out-here.js";
export { allItems, walkPages } from "./walk-pages.js";
