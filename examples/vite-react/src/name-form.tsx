import { textOf } from "./text-of.ts";

interface NameFormProps {
  readonly label: string;
  readonly error: { readonly message: string } | null;
  readonly onSubmit: (name: string) => void;
}

/** A form with one field. React empties the field after the submission. */
export function NameForm({ label, error, onSubmit }: NameFormProps) {
  return (
    <form action={(form) => onSubmit(textOf(form, "name"))}>
      <label>
        {label} <input name="name" required />
      </label>
      <button>Create</button>
      {error && <p role="alert">{error.message}</p>}
    </form>
  );
}
