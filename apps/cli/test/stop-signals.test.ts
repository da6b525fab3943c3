// The signals that stop a command. Tests in a terminal are in pty/.
import { EventEmitter } from "node:events";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { listenForStopSignals, type StopSignal } from "../src/stop-signals.ts";

function listen() {
  const process = new EventEmitter();
  const ended: number[] = [];
  const signals = listenForStopSignals(process as unknown as NodeJS.Process, (code) => ended.push(code));
  return { ...signals, ended, send: (signal: StopSignal) => void process.emit(signal) };
}

describe("a stop signal", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const)("%s ends a command without a listener at once", (signal, code) => {
    const { ended, send } = listen();
    send(signal);
    expect(ended).toEqual([code]);
  });

  it("ends a command that works after five seconds, if the command does not end", () => {
    const { ended, send, onStop } = listen();
    const stopped = vi.fn<() => void>();
    onStop(stopped);
    send("SIGTERM");
    expect(stopped).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(4_999);
    expect(ended).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(ended).toEqual([143]);
  });

  it("ends a command that works at once when it is the second one", () => {
    const { ended, send, onStop } = listen();
    onStop(() => {});
    send("SIGINT");
    expect(ended).toEqual([]);
    send("SIGINT");
    expect(ended).toEqual([130]);
  });

  it("is Ctrl-C of the program that the command has started, until that has ended", () => {
    const { ended, send, ignoreInterrupts } = listen();
    const release = ignoreInterrupts();
    send("SIGINT");
    expect(ended).toEqual([]);
    release();
    send("SIGINT");
    expect(ended).toEqual([130]);
  });

  it("decides the exit code of a command that ends in order, except Ctrl-C", () => {
    for (const [signal, code] of [
      ["SIGINT", 1],
      ["SIGTERM", 143],
      ["SIGHUP", 129],
    ] as const) {
      const { send, onStop, exitCodeOf } = listen();
      expect(exitCodeOf(1)).toBe(1);
      onStop(() => {});
      send(signal);
      expect(exitCodeOf(1)).toBe(code);
    }
  });
});
