// Checks PROJO_COOKIE_DOMAIN. Browsers send a cookie with a domain to every host below it, so a domain that others share, such
// as co.uk or github.io, would send the sessions of users to strangers. Browsers know the list of public suffixes and reject
// such cookies; this check finds the usual ones at the start.
import { isIP } from "node:net";
import type { Config } from "./settings.ts";

/** Labels below which countries register domains: `co.uk`, `com.au`. */
const SECOND_LEVEL = /^(?:ac|co|com|edu|gob|gov|gouv|govt|id|ltd|ne|net|nom|or|org|sch|web)\.[a-z]{2}$/;

/** Suffixes below which providers give names to their customers. */
const PROVIDERS: ReadonlySet<string> = new Set([
  "amplifyapp.com",
  "appspot.com",
  "azurestaticapps.net",
  "azurewebsites.net",
  "cloudapp.net",
  "cloudfront.net",
  "deno.dev",
  "firebaseapp.com",
  "fly.dev",
  "github.io",
  "gitlab.io",
  "herokuapp.com",
  "netlify.app",
  "ngrok.app",
  "ngrok.io",
  "onrender.com",
  "pages.dev",
  "railway.app",
  "run.app",
  "up.railway.app",
  "vercel.app",
  "web.app",
  "workers.dev",
]);

const LABEL = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/;

/** @returns the problem with the domain, as the end of a sentence; null if there is none */
export function domainProblem(domain: string): string | null {
  if (isIP(domain.replace(/^\[(.*)\]$/, "$1")) !== 0)
    return "is an IP address, and cookies of an address have no domain";
  const labels = domain.split(".");
  if (domain.length > 253 || !labels.every((label) => LABEL.test(label)) || /^\d+$/.test(labels.at(-1) ?? ""))
    return "is not a domain such as example.com, in small letters and without a scheme or a port";
  if (labels.length < 2 || SECOND_LEVEL.test(domain) || PROVIDERS.has(domain))
    return "is a public suffix: cookies of it would go to sites of others, and browsers reject them";
  return null;
}

/** The problems of the domain with the address of the application. */
export function cookieDomainProblems({ cookieDomain, appUrl }: Config): string[] {
  if (cookieDomain === null) return [];
  if (appUrl === null)
    return [
      "PROJO_COOKIE_DOMAIN needs PROJO_APP_URL beside it: the address of the application in this domain.",
    ];
  const { protocol, hostname } = new URL(appUrl);
  if (protocol !== "https:")
    return [`PROJO_COOKIE_DOMAIN needs a PROJO_APP_URL that begins with https://: its cookie is Secure.`];
  return isInDomain(hostname, cookieDomain)
    ? []
    : [
        `PROJO_COOKIE_DOMAIN is ${cookieDomain}, and the host of PROJO_APP_URL is ${hostname}. Name a domain that contains this host.`,
      ];
}

const isInDomain = (host: string, domain: string): boolean => host === domain || host.endsWith(`.${domain}`);
