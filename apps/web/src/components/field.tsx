import { useId, type InputHTMLAttributes, type ReactNode, type SelectHTMLAttributes } from "react";
import { useFieldErrors } from "./form.tsx";
import "./field.css";

interface Labelled {
  /** The name of the field in the values of the form, and in the field errors of the server. */
  readonly name: string;
  readonly label: string;
  readonly hint?: ReactNode | undefined;
}

interface FrameProps extends Labelled {
  readonly children: (control: {
    readonly id: string;
    readonly name: string;
    readonly "aria-invalid": true | undefined;
    readonly "aria-describedby": string | undefined;
  }) => ReactNode;
}

/** A control with its label, its hint and the messages of the server. Every kind of field is built on it. */
export function FieldFrame({ name, label, hint, children }: FrameProps) {
  const id = useId();
  const errors = useFieldErrors(name);
  const hintId = hint === undefined ? undefined : `${id}-hint`;
  const errorId = errors.length === 0 ? undefined : `${id}-error`;
  const describedBy = [errorId, hintId].filter((each) => each !== undefined).join(" ");
  return (
    <div className="field">
      <label className="field-label" htmlFor={id}>
        {label}
      </label>
      {children({
        id,
        name,
        "aria-invalid": errors.length > 0 || undefined,
        "aria-describedby": describedBy === "" ? undefined : describedBy,
      })}
      {errorId !== undefined && (
        <p id={errorId} className="field-error">
          {errors.join(" ")}
        </p>
      )}
      {hintId !== undefined && (
        <p id={hintId} className="field-hint">
          {hint}
        </p>
      )}
    </div>
  );
}

type TextFieldProps = Labelled & Omit<InputHTMLAttributes<HTMLInputElement>, "name" | "id">;

export function TextField({ name, label, hint, ...input }: TextFieldProps) {
  return (
    <FieldFrame name={name} label={label} hint={hint}>
      {(control) => <input className="input" {...input} {...control} />}
    </FieldFrame>
  );
}

interface SelectFieldProps extends Labelled, Omit<SelectHTMLAttributes<HTMLSelectElement>, "name" | "id"> {
  readonly options: readonly { readonly value: string; readonly label: string }[];
}

export function SelectField({ name, label, hint, options, ...select }: SelectFieldProps) {
  return (
    <FieldFrame name={name} label={label} hint={hint}>
      {(control) => (
        <select className="input select" {...select} {...control}>
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
      )}
    </FieldFrame>
  );
}
