import { useEffect, useEffectEvent, useRef, useState } from "react";
import { FieldFrame } from "./field.tsx";

const PAUSE_MS = 300;
const MAX_LENGTH = 200;

interface SearchFieldProps {
  readonly name: string;
  readonly label: string;
  /** The text for which the list is searched now. */
  readonly value: string;
  /** Called after a pause in typing, with the trimmed text. */
  readonly onChange: (value: string) => void;
}

export function SearchField({ name, label, value, onChange }: SearchFieldProps) {
  const [text, setText] = useState(value);
  const reported = useRef(value);
  const report = useEffectEvent((trimmed: string) => {
    reported.current = trimmed;
    onChange(trimmed);
  });
  useEffect(() => {
    const trimmed = text.trim();
    if (trimmed === reported.current) return undefined;
    const timer = setTimeout(() => report(trimmed), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  // A value from elsewhere, such as the back button, replaces the text. The own value does not: the user may type on.
  useEffect(() => {
    if (value === reported.current) return;
    reported.current = value;
    setText(value);
  }, [value]);
  return (
    <FieldFrame name={name} label={label}>
      {(control) => (
        <input
          {...control}
          type="search"
          className="input"
          value={text}
          maxLength={MAX_LENGTH}
          autoComplete="off"
          onChange={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            // In a form, Enter would submit the form.
            if (event.key === "Enter") event.preventDefault();
          }}
        />
      )}
    </FieldFrame>
  );
}
