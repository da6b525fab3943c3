import { createStore } from "../../api/store.ts";

/** The email address that the user has typed, or to which an invite was sent. The next form begins with it. In memory only. */
export const rememberedEmail = createStore("");
