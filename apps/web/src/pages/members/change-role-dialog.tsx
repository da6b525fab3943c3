import type { Member, Role } from "@projostack/sdk";
import { useState } from "react";
import { rolesUpTo } from "../../api/roles.ts";
import { useWorkspaceChange } from "../../api/use-workspace-change.ts";
import { useWorkspace } from "../../api/workspace-context.ts";
import { Button } from "../../components/button.tsx";
import { ConfirmDialog } from "../../components/confirm-dialog.tsx";
import { Dialog } from "../../components/dialog.tsx";
import { Form } from "../../components/form.tsx";
import { RoleField } from "../../components/role-field.tsx";
import { showToast } from "../../components/toasts.tsx";
import { commonTexts } from "../../texts/common.ts";
import { membersTexts } from "../../texts/members.ts";
import { OnlyAdminNotice } from "./only-admin-notice.tsx";
import { useIsOnlyAdmin } from "./use-is-only-admin.ts";

const texts = membersTexts.changeRole;

interface ChangeRoleDialogProps {
  readonly member: Member;
  readonly onClose: () => void;
}

/** Changes the role of a member. It asks again before the user takes rights away from themselves. */
export default function ChangeRoleDialog({ member, onClose }: ChangeRoleDialogProps) {
  const { api, me } = useWorkspace();
  const roles = rolesUpTo("admin");
  const [role, setRole] = useState<Role>(member.role);
  const [isConfirming, setConfirming] = useState(false);
  const isOwn = member.userId === me.user.id;
  const isOnlyAdmin = useIsOnlyAdmin() === true && isOwn;
  const { mutate, isPending, error } = useWorkspaceChange({
    change: async () => await api.members.changeRole({ userId: member.userId, role }),
    onDone: () => {
      onClose();
      // The layout announces a change of the user's own role.
      if (!isOwn) showToast(texts.done(member.email, commonTexts.roles[role]));
    },
  });
  if (isConfirming) {
    return (
      <ConfirmDialog
        title={membersTexts.giveUp.title}
        action={membersTexts.giveUp.action}
        isDangerous
        isWorking={isPending}
        error={error}
        onConfirm={() => mutate()}
        onClose={onClose}
      >
        {membersTexts.giveUp.text(commonTexts.roles[role])}
      </ConfirmDialog>
    );
  }
  return (
    <Dialog title={isOwn ? texts.titleOfOwn : texts.title(member.email)} onClose={onClose}>
      {isOnlyAdmin ? (
        <>
          <OnlyAdminNotice />
          <div className="dialog-actions">
            <Button onClick={onClose}>{membersTexts.onlyAdmin.close}</Button>
          </div>
        </>
      ) : (
        <Form
          error={error}
          onSubmit={() => {
            if (role === member.role) onClose();
            else if (isOwn) setConfirming(true);
            else mutate();
          }}
        >
          <p className="dialog-text">{isOwn ? texts.textOfOwn : texts.text}</p>
          <RoleField roles={roles} value={role} onChange={setRole} />
          <div className="dialog-actions">
            <Button onClick={onClose}>{commonTexts.cancel}</Button>
            <Button type="submit" look="primary" isWorking={isPending}>
              {texts.action}
            </Button>
          </div>
        </Form>
      )}
    </Dialog>
  );
}
