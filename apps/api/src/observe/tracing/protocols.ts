/** The protocols of OTLP that the server can send. */
export const tracingProtocols = ["http/protobuf", "http/json"] as const;
export type TracingProtocol = (typeof tracingProtocols)[number];
