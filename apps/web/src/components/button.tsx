import type { ButtonHTMLAttributes, MouseEvent, ReactNode } from "react";
import { Link } from "wouter";
import { Icon, type IconName } from "./icon.tsx";
import "./button.css";

type Look = "primary" | "secondary" | "quiet" | "danger";

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly look?: Look;
  readonly size?: "medium" | "small";
  readonly icon?: IconName;
  /** Shows that the work of the button has begun, and ignores further clicks. The button keeps the focus. */
  readonly isWorking?: boolean;
}

export function Button({
  look = "secondary",
  size = "medium",
  icon,
  isWorking = false,
  type = "button",
  className = "",
  onClick,
  children,
  ...rest
}: ButtonProps) {
  return (
    <button
      {...rest}
      type={type}
      className={`button button-${look} button-${size} ${className}`}
      aria-disabled={isWorking || undefined}
      aria-busy={isWorking || undefined}
      onClick={isWorking ? ignoreClick : onClick}
    >
      {isWorking ? <span className="button-spinner" aria-hidden="true" /> : icon && <Icon name={icon} />}
      {children}
    </button>
  );
}

/** Also ignores the Enter key in a field of the form, which clicks the button that submits it. */
const ignoreClick = (event: MouseEvent): void => event.preventDefault();

interface LinkButtonProps {
  readonly href: string;
  readonly look?: Look;
  readonly size?: "medium" | "small";
  readonly children: ReactNode;
}

/** A link to a page of the application that looks like a button. */
export function LinkButton({ href, look = "secondary", size = "medium", children }: LinkButtonProps) {
  return (
    <Link href={href} className={`button button-${look} button-${size}`}>
      {children}
    </Link>
  );
}
