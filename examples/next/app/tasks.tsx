"use client";
import { useActionState, useOptimistic } from "react";
import { textOf } from "./text-of.ts";

interface Task {
  readonly id: string;
  readonly title: string;
}

interface TasksProps {
  readonly tasks: readonly Task[];
  readonly createTask: (title: string) => Promise<string | null>;
}

/** The tasks, and a form that creates one. A new task is shown at once, and removed if the server refuses it. */
export function Tasks({ tasks, createTask }: TasksProps) {
  const [shown, show] = useOptimistic(tasks, (all, title: string) => [{ id: "new", title }, ...all]);
  const [failure, submit] = useActionState(async (_: string | null, form: FormData) => {
    const title = textOf(form, "title");
    show(title);
    return await createTask(title);
  }, null);
  return (
    <>
      <form action={submit}>
        <label>
          New task <input name="title" required />
        </label>
        <button>Create</button>
        {failure !== null && <p role="alert">{failure}</p>}
      </form>
      <ul>
        {shown.map(({ id, title }) => (
          <li key={id}>{title}</li>
        ))}
      </ul>
    </>
  );
}
