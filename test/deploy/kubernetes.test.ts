// The manifests of deploy/kubernetes, compared with the schemas of Kubernetes and with each other.
import { createRequire } from "node:module";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { readYaml } from "./read-yaml.ts";

const directory = join(import.meta.dirname, "../../deploy/kubernetes");
const require = createRequire(import.meta.url);

const Manifest = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string() }),
});
const Probe = z.looseObject({ httpGet: z.object({ path: z.string(), port: z.string() }) });
const Container = z.looseObject({
  args: z.array(z.string()),
  ports: z.array(z.object({ name: z.string(), containerPort: z.number() })).default([]),
  securityContext: z.object({
    allowPrivilegeEscalation: z.literal(false),
    readOnlyRootFilesystem: z.literal(true),
    capabilities: z.object({ drop: z.tuple([z.literal("ALL")]) }),
  }),
  resources: z.looseObject({ limits: z.object({ memory: z.string() }) }),
});
const Pod = z.looseObject({
  terminationGracePeriodSeconds: z.number().optional(),
  automountServiceAccountToken: z.literal(false),
  securityContext: z.looseObject({ runAsNonRoot: z.literal(true) }),
  containers: z.tuple([Container]),
});

const { resources } = z
  .object({ resources: z.array(z.string()) })
  .parse(readYaml(join(directory, "kustomization.yaml"))[0]);
const manifests = resources
  .flatMap((name) => readYaml(join(directory, name)))
  .map((one) => Manifest.parse(one));

const manifestOf = (kind: string, name = "projostack") => {
  const found = manifests.find((one) => one.kind === kind && one.metadata.name === name);
  if (!found) throw new Error(`There is no ${kind} ${name}.`);
  return found;
};
const podOf = (kind: string, name?: string) =>
  Pod.parse(
    z.object({ spec: z.object({ template: z.object({ spec: z.unknown() }) }) }).parse(manifestOf(kind, name))
      .spec.template.spec,
  );

describe("the manifests for Kubernetes", () => {
  it("the manifests are all listed in kustomization.yaml", () => {
    const files = readdirSync(directory).filter((name) => name !== "kustomization.yaml");
    expect(resources.toSorted()).toEqual(files.toSorted());
  });

  it.each(manifests.map((manifest) => [manifest.kind, manifest.metadata.name, manifest]))(
    "%s %s is valid",
    (_kind, _name, manifest) => {
      expect(() => validate(manifest)).not.toThrow();
    },
  );

  it("refuses a manifest with a field that Kubernetes does not know", () => {
    const service = structuredClone(manifestOf("Service"));
    expect(() => validate({ ...service, spec: { ports: [{ port: "eighty" }] } })).toThrow("port");
  });

  it("the servers have probes, ports and times that fit", () => {
    const { containers, terminationGracePeriodSeconds } = podOf("Deployment");
    const [server] = containers;
    const probes = z
      .object({ startupProbe: Probe, livenessProbe: Probe, readinessProbe: Probe })
      .parse(server);
    expect(probes.livenessProbe.httpGet.path).toBe("/livez");
    expect(probes.readinessProbe.httpGet.path).toBe("/readyz?exclude=database");
    const ports = Object.fromEntries(server.ports.map(({ name, containerPort }) => [name, containerPort]));
    for (const probe of Object.values(probes)) expect(ports).toHaveProperty(probe.httpGet.port);
    const settings = z
      .object({ data: z.record(z.string(), z.string()) })
      .parse(manifestOf("ConfigMap", "projostack-settings")).data;
    expect(Number(settings["PROJO_METRICS_PORT"])).toBe(ports["metrics"]);
    const { command } = z
      .object({
        lifecycle: z.object({
          preStop: z.object({ exec: z.object({ command: z.tuple([z.literal("sleep"), z.string()]) }) }),
        }),
      })
      .parse(server).lifecycle.preStop.exec;
    const longest = Number(command[1]) + Number(settings["PROJO_DRAIN_SECONDS"]) + 10;
    expect(terminationGracePeriodSeconds).toBeGreaterThan(longest);
  });

  it("gives the owner's address to migrations and operators alone, and secrets as files", () => {
    expect(JSON.stringify(manifestOf("Deployment"))).not.toContain("owner");
    expect(JSON.stringify(podOf("Deployment", "projostack-operator"))).toContain("projostack-owner");
    expect(manifestOf("Deployment", "projostack-operator")).toMatchObject({ spec: { replicas: 0 } });
    expect(JSON.stringify(podOf("Job", "projostack-migrate-0-1-0"))).toContain("projostack-owner");
    expect(JSON.stringify(manifests)).not.toContain("secretKeyRef");
  });

  it("selects the pods of the servers in every rule", () => {
    for (const kind of ["Deployment", "Service", "PodDisruptionBudget", "NetworkPolicy"])
      expect(JSON.stringify(manifestOf(kind))).toContain('"app.kubernetes.io/name":"projostack"');
  });
});

/** Compares a manifest with the schema of its kind. @throws Error with the field */
function validate(manifest: z.infer<typeof Manifest>): void {
  // oxlint-disable-next-line import/no-dynamic-require -- the package has a module for each API version
  const models = z.record(z.string(), z.unknown()).parse(require(`kubernetes-models/${manifest.apiVersion}`));
  const Model = models[manifest.kind] as new (data: unknown) => { validate(): void };
  new Model(manifest).validate();
}
