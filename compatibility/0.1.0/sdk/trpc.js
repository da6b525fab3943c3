export { projoLink } from "./trpc/projo-link.js";
