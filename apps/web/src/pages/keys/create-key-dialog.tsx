import type { Permission, Role } from "@projostack/sdk";
import { useState } from "react";
import { rolesUpTo, scopesOf } from "../../api/roles.ts";
import { useWorkspaceChange } from "../../api/use-workspace-change.ts";
import { useWorkspace } from "../../api/workspace-context.ts";
import { Button } from "../../components/button.tsx";
import { Dialog } from "../../components/dialog.tsx";
import { SelectField, TextField } from "../../components/field.tsx";
import { Form } from "../../components/form.tsx";
import { RoleField } from "../../components/role-field.tsx";
import { commonTexts } from "../../texts/common.ts";
import { keysTexts } from "../../texts/keys.ts";
import { DEFAULT_EXPIRY_DAYS, expiryOptions } from "./expiry-options.ts";
import { KeyTokenDialog, type ShownToken } from "./key-token-dialog.tsx";
import { ScopesField } from "./scopes-field.tsx";

const texts = keysTexts.create;

interface NewKey {
  readonly name: string;
  readonly expiresInDays: number;
}

/** Creates a key, and shows its token. */
export default function CreateKeyDialog({ onClose }: { readonly onClose: () => void }) {
  const { api, workspace } = useWorkspace();
  const [role, setRole] = useState<Role>("member");
  const [selected, setSelected] = useState<readonly Permission[]>([]);
  const [shown, setShown] = useState<ShownToken>();
  const offered = scopesOf(role);
  const { mutate, isPending, error } = useWorkspaceChange({
    // The answer contains the token. It goes into the state of the dialog, because the cache would keep it.
    change: async ({ name, expiresInDays }: NewKey) => {
      const scopes = selected.filter((scope) => offered.includes(scope));
      const key = await api.serviceKeys.create({ name, role, scopes, expiresInDays });
      setShown({ name: key.name, token: key.token });
    },
  });
  if (shown) return <KeyTokenDialog shown={shown} onClose={onClose} />;
  // A dialog that closes during the call would lose the token.
  const closeWhenIdle = () => {
    if (!isPending) onClose();
  };
  return (
    <Dialog title={texts.title} onClose={closeWhenIdle}>
      <Form
        error={error}
        onSubmit={({ name = "", expiresInDays = "" }) =>
          mutate({ name, expiresInDays: Number(expiresInDays) })
        }
      >
        <TextField
          name="name"
          label={texts.name}
          hint={texts.nameHint}
          maxLength={200}
          autoComplete="off"
          required
        />
        <RoleField roles={rolesUpTo(workspace.role)} value={role} onChange={setRole} />
        <ScopesField offered={offered} selected={selected} onChange={setSelected} />
        <SelectField
          name="expiresInDays"
          label={texts.expiry}
          defaultValue={DEFAULT_EXPIRY_DAYS}
          options={expiryOptions}
        />
        <div className="dialog-actions">
          <Button onClick={closeWhenIdle}>{commonTexts.cancel}</Button>
          <Button type="submit" look="primary" isWorking={isPending}>
            {texts.action}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}
