import { createContext, use, useEffect, useRef, type ReactNode } from "react";
import { fieldErrorsOf } from "../api/error-text.ts";
import { ErrorNotice } from "./error-notice.tsx";
import "./form.css";

type FieldErrors = Readonly<Record<string, readonly string[]>>;

const FieldErrorsContext = createContext<FieldErrors>({});

/** The messages about a field of the form around the component. */
export const useFieldErrors = (name: string): readonly string[] => use(FieldErrorsContext)[name] ?? [];

interface FormProps {
  /** Gets the texts of the fields by their names. */
  readonly onSubmit: (values: Readonly<Record<string, string>>) => void;
  /** The failure of the last attempt. Messages about fields appear at the fields, all others above them. */
  readonly error?: unknown;
  readonly children: ReactNode;
}

/** A form whose failure is announced, and which moves the focus to the first invalid field. */
export function Form({ onSubmit, error, children }: FormProps) {
  const form = useRef<HTMLFormElement>(null);
  const fieldErrors = fieldErrorsOf(error);
  useEffect(() => {
    if (error) form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [error]);
  const isAboutFields = Object.keys(fieldErrors).some((name) => name !== "");
  return (
    <form
      ref={form}
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        const data = [...new FormData(event.currentTarget)];
        onSubmit(
          Object.fromEntries(
            data.flatMap(([name, value]) => (typeof value === "string" ? [[name, value]] : [])),
          ),
        );
      }}
    >
      {error !== null && error !== undefined && !isAboutFields && <ErrorNotice error={error} />}
      <FieldErrorsContext value={fieldErrors}>{children}</FieldErrorsContext>
    </form>
  );
}

/** The buttons at the end of a form. */
export const FormActions = ({ children }: { readonly children: ReactNode }) => (
  <div className="form-actions">{children}</div>
);
