"use client";
import { useActionState } from "react";

interface NameFormProps {
  readonly label: string;
  readonly action: (failure: string | null, form: FormData) => Promise<string | null>;
}

export function NameForm({ label, action }: NameFormProps) {
  const [failure, submit] = useActionState(action, null);
  return (
    <form action={submit}>
      <label>
        {label} <input name="name" required />
      </label>
      <button>Create</button>
      {failure !== null && <p role="alert">{failure}</p>}
    </form>
  );
}
