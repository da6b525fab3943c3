import { useMutation } from "@tanstack/react-query";
import { account, queryClient } from "./api.ts";
import { textOf } from "./text-of.ts";

const onSuccess = () => queryClient.resetQueries(account.auth.me.queryFilter());

/** A form with which a user signs in or creates an account. The server sets the cookie; the answers have no tokens. */
export function SignIn() {
  const signIn = useMutation(account.auth.signIn.mutationOptions({ onSuccess }));
  const signUp = useMutation(account.auth.signUp.mutationOptions({ onSuccess }));
  const error = signIn.error ?? signUp.error;

  const submit = (form: FormData) => {
    const input = { email: textOf(form, "email"), password: textOf(form, "password") };
    const [used, other] = form.get("action") === "sign-up" ? [signUp, signIn] : [signIn, signUp];
    other.reset();
    used.mutate(input);
  };

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        submit(new FormData(event.currentTarget, event.nativeEvent.submitter));
      }}
    >
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
      {error && <p role="alert">{error.message}</p>}
    </form>
  );
}
