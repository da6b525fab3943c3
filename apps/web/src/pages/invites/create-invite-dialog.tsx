import type { Role } from "@projostack/sdk";
import { useState } from "react";
import { rolesUpTo } from "../../api/roles.ts";
import { useWorkspaceChange } from "../../api/use-workspace-change.ts";
import { useWorkspace } from "../../api/workspace-context.ts";
import { Button } from "../../components/button.tsx";
import { Dialog } from "../../components/dialog.tsx";
import { TextField } from "../../components/field.tsx";
import { Form } from "../../components/form.tsx";
import { RoleField } from "../../components/role-field.tsx";
import { commonTexts } from "../../texts/common.ts";
import { invitesTexts } from "../../texts/invites.ts";
import { InviteSentDialog, type SentLink } from "./invite-sent-dialog.tsx";

const texts = invitesTexts.create;

/** Invites an address, and shows the link that the user can pass on. */
export default function CreateInviteDialog({ onClose }: { readonly onClose: () => void }) {
  const { api, workspace } = useWorkspace();
  const [role, setRole] = useState<Role>("member");
  const [sent, setSent] = useState<SentLink>();
  const { mutate, isPending, error } = useWorkspaceChange({
    // The answer contains a token. It goes into the state of the dialog, because the cache would keep it.
    change: async (address: string) => {
      const { email, link } = await api.invites.create({ email: address, role });
      setSent({ email, link });
    },
  });
  if (sent) return <InviteSentDialog sent={sent} onClose={onClose} />;
  return (
    <Dialog title={texts.title} onClose={onClose}>
      <Form error={error} onSubmit={({ email = "" }) => mutate(email)}>
        <TextField
          name="email"
          type="text"
          inputMode="email"
          label={texts.email}
          hint={texts.hint}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          required
        />
        <RoleField roles={rolesUpTo(workspace.role)} value={role} onChange={setRole} />
        <div className="dialog-actions">
          <Button onClick={onClose}>{commonTexts.cancel}</Button>
          <Button type="submit" look="primary" isWorking={isPending}>
            {texts.action}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}
