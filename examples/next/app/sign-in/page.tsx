"use client";
import { useActionState } from "react";
import { signIn } from "../actions.ts";

export default function SignIn() {
  const [failure, submit] = useActionState(signIn, null);
  return (
    <form action={submit}>
      <label>
        Email address <input name="email" type="email" autoComplete="username" required />
      </label>
      <label>
        Password <input name="password" type="password" autoComplete="current-password" required />
      </label>
      <button name="action" value="sign-in">
        Sign in
      </button>
      <button name="action" value="sign-up">
        Create an account
      </button>
      {failure !== null && <p role="alert">{failure}</p>}
    </form>
  );
}
