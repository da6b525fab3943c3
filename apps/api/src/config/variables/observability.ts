// The variables of metrics and traces. The standard variables of OpenTelemetry that are not here are read by its SDK itself.
import { z } from "zod";
import { tracingProtocols } from "../../observe/tracing/protocols.ts";
import { parseUrl } from "../../runtime/parse-url.ts";
import { choice, optionalWholeNumber, variable } from "./variable.ts";

const endpoint = z.string().refine((text) => {
  const url = parseUrl(text);
  if (url === null) return false;
  const { protocol, username, password } = url;
  return (protocol === "https:" || protocol === "http:") && username === "" && password === "";
});

const tracesAt = (description: string, example: string) =>
  variable({
    schema: endpoint.optional(),
    expected:
      "an address such as http://127.0.0.1:4318, without a password: put a credential into OTEL_EXPORTER_OTLP_HEADERS",
    values: "an `http://` or `https://` address without a password",
    description,
    example,
    unset: "none",
  });

export const observabilityVariables = {
  PROJO_METRICS_PORT: optionalWholeNumber({
    min: 0,
    max: 65_535,
    example: 9464,
    unset: "none",
    description: "a port for `/metrics` alone: see [Monitoring](operating/monitoring.md#metrics)",
  }),
  PROJO_METRICS_HOST: variable({
    schema: z.string().min(1).default("127.0.0.1"),
    expected: "an address to serve /metrics on, such as 127.0.0.1",
    values: "an address or a host name",
    description: "the address of the port for `/metrics`",
    example: "0.0.0.0",
  }),
  PROJO_METRICS_TOKEN: variable({
    schema: z
      .string()
      .regex(/^[\x21-\x7e]{32,200}$/)
      .optional(),
    expected:
      "a random text of 32 to 200 characters without spaces, with which /metrics can be read on the server's own port",
    values: "32 to 200 characters without spaces",
    description:
      "serves `/metrics` on the server's own port to callers that send this text as a bearer token",
    example: "<random text>",
    unset: "none",
    isSecret: true,
  }),
  OTEL_EXPORTER_OTLP_ENDPOINT: tracesAt(
    "sends [traces](operating/monitoring.md#traces) to this collector over OTLP",
    "http://127.0.0.1:4318",
  ),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: tracesAt(
    "the complete address for traces, instead of the collector's address",
    "http://127.0.0.1:4318/v1/traces",
  ),
  OTEL_EXPORTER_OTLP_PROTOCOL: choice({
    options: tracingProtocols,
    fallback: "http/protobuf",
    example: "http/json",
    description: "the protocol of the collector",
  }),
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: variable({
    schema: z.enum(tracingProtocols).optional(),
    expected: `one of ${tracingProtocols.join(", ")}`,
    values: tracingProtocols.map((name) => `\`${name}\``).join(", "),
    description: "the protocol for traces",
    example: "http/json",
    unset: "that of `OTEL_EXPORTER_OTLP_PROTOCOL`",
  }),
  OTEL_TRACES_EXPORTER: choice({
    options: ["otlp", "none"],
    fallback: "otlp",
    example: "none",
    description: "`none` sends no traces",
  }),
  OTEL_SDK_DISABLED: choice({
    options: ["true", "false"],
    fallback: "false",
    example: "true",
    description: "`true` sends no traces",
  }),
};
