export { createServerClient, } from "./server/create-server-client.js";
export { headerCookies } from "./server/header-cookies.js";
