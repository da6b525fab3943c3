import { useState } from "react";
import { commonTexts as texts } from "../texts/common.ts";
import { FieldFrame } from "./field.tsx";

interface PasswordFieldProps {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  /** What password managers fill in. */
  readonly autoComplete: "current-password" | "new-password";
}

/** A password, which the user can show to check it. */
export function PasswordField({ name, label, hint, autoComplete }: PasswordFieldProps) {
  const [isShown, setShown] = useState(false);
  return (
    <FieldFrame name={name} label={label} hint={hint}>
      {(control) => (
        <div className="password">
          <input
            {...control}
            className="input"
            type={isShown ? "text" : "password"}
            autoComplete={autoComplete}
            autoCapitalize="none"
            spellCheck={false}
            required
          />
          <button
            type="button"
            className="password-toggle"
            aria-label={isShown ? texts.hidePasswordLabel : texts.showPasswordLabel}
            onClick={() => setShown(!isShown)}
          >
            {isShown ? texts.hidePassword : texts.showPassword}
          </button>
        </div>
      )}
    </FieldFrame>
  );
}
