import type { Permission } from "@projostack/sdk";
import { useId } from "react";
import { useFieldErrors } from "../../components/form.tsx";
import { keysTexts } from "../../texts/keys.ts";
import "./scopes-field.css";

/** A scope without a text appears with its name alone. */
const scopeTexts: Partial<Record<Permission, string>> = keysTexts.scopes;

const texts = keysTexts.create;

interface ScopesFieldProps {
  /** The scopes that the key may have. */
  readonly offered: readonly Permission[];
  readonly selected: readonly Permission[];
  readonly onChange: (scopes: readonly Permission[]) => void;
}

/** Selects the scopes of a key. */
export function ScopesField({ offered, selected, onChange }: ScopesFieldProps) {
  const id = useId();
  const errors = useFieldErrors("scopes");
  const isInvalid = errors.length > 0;
  return (
    <fieldset className="scopes" aria-describedby={isInvalid ? `${id}-error` : `${id}-hint`}>
      <legend className="field-label">{texts.scopes}</legend>
      {isInvalid && (
        <p id={`${id}-error`} className="field-error">
          {errors.join(" ")}
        </p>
      )}
      <p id={`${id}-hint`} className="field-hint">
        {texts.scopesHint}
      </p>
      <div className="scopes-list">
        {offered.map((scope) => (
          <label key={scope} className="scope">
            <input
              type="checkbox"
              checked={selected.includes(scope)}
              aria-invalid={isInvalid || undefined}
              aria-describedby={isInvalid ? `${id}-error` : undefined}
              onChange={({ target }) =>
                onChange(target.checked ? [...selected, scope] : selected.filter((each) => each !== scope))
              }
            />
            {scopeTexts[scope]}
            <code>{scope}</code>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
