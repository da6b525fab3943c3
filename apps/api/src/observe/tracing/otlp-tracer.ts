// Sends traces over OTLP with the SDK of OpenTelemetry. This file is loaded only when an endpoint is configured. The SDK reads
// its own standard variables: endpoints, headers, the sampler, the service name, resource attributes, and limits of batches.
// Spans hold names of operations and of prepared statements, reasons and statuses. They hold no SQL, no value of a statement,
// no input, no id but the request's, and no address.
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, type Context, type Span } from "@opentelemetry/api";
import { detectResources, envDetector, resourceFromAttributes } from "@opentelemetry/resources";
import { BasicTracerProvider, BatchSpanProcessor, type SpanExporter } from "@opentelemetry/sdk-trace-base";
import { endsWithin } from "../../runtime/ends-within.ts";
import type { Log } from "../../runtime/log.ts";
import { traceParentOf } from "../../runtime/trace-id.ts";
import type { TracingProtocol } from "./protocols.ts";
import type { EndSpan, RequestSpan, TracedRequest, Tracer } from "./tracer.ts";

export interface OtlpOptions {
  readonly protocol: TracingProtocol;
  /** Where the spans are sent, with the path. */
  readonly url: string;
  readonly version: string;
  readonly log: Pick<Log, "warn" | "info">;
}

/** How long a stopping server waits for the collector. */
const LONGEST_STOP_MS = 2_000;
const LOST = "the last traces could not be sent";

export async function openOtlpTracer({ protocol, url, version, log }: OtlpOptions): Promise<Tracer> {
  const defaults = resourceFromAttributes({ "service.name": "projostack", "service.version": version });
  // The variables OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES replace the defaults.
  const resource = defaults.merge(detectResources({ detectors: [envDetector] }));
  const exporter = loggedExporter(await exporterOf(protocol, url), log);
  const provider = new BasicTracerProvider({ resource, spanProcessors: [new BatchSpanProcessor(exporter)] });
  const tracer = provider.getTracer("projostack", version);
  const start: StartSpan = (name, options, within) => tracer.startSpan(name, options, within);
  return {
    begin: ({ method, traceparent, requestId }: TracedRequest) => {
      const attributes = { "http.request.method": method, "projo.request_id": requestId };
      const span = start(method, { kind: SpanKind.SERVER, attributes }, contextOf(traceparent));
      if (span.isRecording()) return requestSpan(span, start);
      span.end();
      return null;
    },
    stop: async () => {
      const isDone = await endsWithin(
        LONGEST_STOP_MS,
        provider.shutdown().catch((error: unknown) => log.warn({ err: error }, LOST)),
      );
      if (!isDone) log.warn(LOST);
    },
  };
}

async function exporterOf(protocol: TracingProtocol, url: string): Promise<SpanExporter> {
  const { OTLPTraceExporter } =
    protocol === "http/json"
      ? await import("@opentelemetry/exporter-trace-otlp-http")
      : await import("@opentelemetry/exporter-trace-otlp-proto");
  return new OTLPTraceExporter({ url });
}

/** Logs when an outage of the collector starts and ends. Spans that could not be sent are lost. */
function loggedExporter(exporter: SpanExporter, log: OtlpOptions["log"]): SpanExporter {
  let isOut = false;
  return {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        const hasFailed = result.error !== undefined;
        // Only the message is logged: the error may contain the headers of the request.
        if (hasFailed && !isOut)
          log.warn({ reason: result.error?.message ?? "unknown" }, "traces cannot be sent");
        if (!hasFailed && isOut) log.info("traces are sent again");
        isOut = hasFailed;
        done(result);
      }),
    shutdown: () => exporter.shutdown(),
    ...(exporter.forceFlush && { forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve() }),
  };
}

type StartSpan = (
  name: string,
  options: { kind: SpanKind; attributes: Record<string, string> },
  within: Context,
) => Span;

function requestSpan(request: Span, start: StartSpan): RequestSpan {
  const ofRequest = trace.setSpan(ROOT_CONTEXT, request);
  /** The messages of a single call belong to it. The calls of a batch share messages, which belong to the request. */
  let ofMessages = ofRequest;
  let calls = 0;
  return {
    traceId: request.spanContext().traceId,
    callStarted: (operation) => {
      const span = start(
        operation,
        { kind: SpanKind.INTERNAL, attributes: { "rpc.method": operation } },
        ofRequest,
      );
      calls += 1;
      ofMessages = calls === 1 ? trace.setSpan(ROOT_CONTEXT, span) : ofRequest;
      request.updateName(calls === 1 ? `${nameOf(request)} ${operation}` : `${nameOf(request)} batch`);
      return endOf(span);
    },
    messageSent: (name) => {
      const attributes = { "db.system.name": "postgresql", "db.operation.name": name };
      return endOf(start(`postgresql ${name}`, { kind: SpanKind.CLIENT, attributes }, ofMessages));
    },
    end: (status) => {
      request.setAttribute("http.response.status_code", status);
      if (status >= 500) request.setStatus({ code: SpanStatusCode.ERROR });
      request.end();
    },
  };
}

/** The first word of the name, which is the method. */
const nameOf = (span: Span & { readonly name?: string }): string =>
  (span.name ?? "HTTP").split(" ", 1)[0] ?? "HTTP";

const endOf =
  (span: Span): EndSpan =>
  (problem) => {
    if (problem !== undefined) {
      span.setStatus({ code: SpanStatusCode.ERROR });
      span.setAttribute("error.type", typeof problem === "string" ? problem : codeOf(problem));
    }
    span.end();
  };

/** The SQLSTATE or the name of an error. Its message may contain values of a row. */
function codeOf(error: unknown): string {
  if (typeof error === "object" && error !== null && "code" in error && typeof error.code === "string")
    return error.code;
  return error instanceof Error ? error.name : "unknown";
}

function contextOf(traceparent: string | undefined): Context {
  const parent = traceParentOf(traceparent);
  return parent === null ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, { ...parent, isRemote: true });
}
