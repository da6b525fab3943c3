import { useMutation } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";

export interface WorkControl<Progress> {
  /** Aborts when the user stops the work or leaves the page. */
  readonly signal: AbortSignal;
  readonly report: (progress: Progress) => void;
}

export interface LongWork<Input, Progress, Result> {
  readonly start: (input: Input) => void;
  readonly stop: () => void;
  readonly isWorking: boolean;
  /** The last report. It stays when the work has ended. */
  readonly progress: Progress | undefined;
  readonly result: Result | undefined;
  readonly error: Error | null;
}

/** Work of several calls that reports its progress, and that the user can stop. It stops when its component goes away. */
export function useLongWork<Input, Progress, Result>(
  work: (input: Input, control: WorkControl<Progress>) => Promise<Result>,
): LongWork<Input, Progress, Result> {
  const [progress, setProgress] = useState<Progress>();
  const controller = useRef<AbortController>(null);
  useEffect(() => () => controller.current?.abort(), []);
  const { mutate, reset, isPending, data, error } = useMutation({
    mutationFn: async (input: Input) => {
      const { signal } = (controller.current = new AbortController());
      const report = (next: Progress) => {
        if (!signal.aborted) setProgress(next);
      };
      return await work(input, { signal, report });
    },
  });
  return {
    start: (input) => {
      setProgress(undefined);
      mutate(input);
    },
    stop: () => {
      controller.current?.abort();
      setProgress(undefined);
      reset();
    },
    isWorking: isPending,
    progress,
    result: data,
    error,
  };
}
