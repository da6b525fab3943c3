import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "wouter";
import { client } from "../api/client.ts";
import { endSession, type Me } from "../api/session.ts";
import { Popover } from "../components/popover.tsx";
import { showToast } from "../components/toasts.tsx";
import { describeError } from "../api/error-text.ts";
import { paths } from "../paths.ts";
import { layoutTexts as texts } from "../texts/layout.ts";
import { ThemeSwitch } from "./theme-switch.tsx";
import "./account-menu.css";

export function AccountMenu({ me: { user } }: { readonly me: Me }) {
  const queryClient = useQueryClient();
  const signOut = useMutation({
    mutationFn: () => client.auth.signOut(),
    onSuccess: () => endSession(queryClient, "signed-out"),
    onError: (error) => showToast(describeError(error).text),
  });
  return (
    <Popover
      label={texts.accountMenu(user.email)}
      align="end"
      button={
        <span className="avatar" aria-hidden="true">
          {user.email.slice(0, 1).toUpperCase()}
        </span>
      }
    >
      <p className="popover-heading">{user.email}</p>
      <Link href={paths.account} className="popover-item">
        {texts.accountSettings}
      </Link>
      <hr className="popover-separator" />
      <ThemeSwitch />
      <hr className="popover-separator" />
      <button type="button" className="popover-item" onClick={() => signOut.mutate()}>
        {texts.signOut}
      </button>
    </Popover>
  );
}
