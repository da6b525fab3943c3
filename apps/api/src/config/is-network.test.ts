import { expect, it } from "vitest";
import { ConfigError, readConfig } from "./config.ts";

const proxies = (text: string) => readConfig({ PROJO_TRUSTED_PROXIES: text }).trustedProxies;

it("PROJO_TRUSTED_PROXIES accepts addresses and networks", () => {
  expect(proxies("10.0.0.5, 10.1.0.0/16,::1,fd00::/8")).toEqual([
    "10.0.0.5",
    "10.1.0.0/16",
    "::1",
    "fd00::/8",
  ]);
  expect(proxies("")).toEqual([]);
});

it.each([
  "true",
  "*",
  "0.0.0.0/0",
  "::/0",
  "10.0.0.0/33",
  "10.0.0.0/8/8",
  "10.0.0.5,",
  "loopback",
  "1.2.3.4:80",
])("PROJO_TRUSTED_PROXIES rejects %s", (text) => {
  expect(() => proxies(text)).toThrow(ConfigError);
  expect(() => proxies(text)).toThrow(/PROJO_TRUSTED_PROXIES must be .+ such as/);
});

it("no message contains the value of REDIS_URL, which may hold a password", () => {
  const env = { REDIS_URL: "http://:hidden@host" };
  expect(() => readConfig(env)).toThrow(/^REDIS_URL must be (?!.*hidden)/);
});
