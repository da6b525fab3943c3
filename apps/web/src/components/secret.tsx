import { CopyButton } from "./copy-button.tsx";
import "./secret.css";

interface SecretProps {
  readonly label: string;
  readonly copyLabel: string;
  /** A token, or a link with a token. Keep it in the state of the dialog that shows it, and nowhere else. */
  readonly text: string;
}

/** A text that is shown once, to copy it. A click selects all of it. It is no field, so that browsers do not offer to store it. */
export const Secret = ({ label, copyLabel, text }: SecretProps) => (
  <div className="secret">
    <span className="secret-label">{label}</span>
    <CopyButton text={text} label={copyLabel} />
    <code className="secret-text">{text}</code>
  </div>
);
