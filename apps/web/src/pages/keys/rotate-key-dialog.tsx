import type { ServiceKey } from "@projostack/sdk";
import { useState } from "react";
import { useWorkspaceChange } from "../../api/use-workspace-change.ts";
import { useWorkspace } from "../../api/workspace-context.ts";
import { Button } from "../../components/button.tsx";
import { Dialog } from "../../components/dialog.tsx";
import { SelectField } from "../../components/field.tsx";
import { Form } from "../../components/form.tsx";
import { commonTexts } from "../../texts/common.ts";
import { keysTexts } from "../../texts/keys.ts";
import { expiryOptions } from "./expiry-options.ts";
import { KeyTokenDialog, type ShownToken } from "./key-token-dialog.tsx";

const texts = keysTexts.rotate;

interface RotateKeyDialogProps {
  readonly serviceKey: ServiceKey;
  readonly onClose: () => void;
}

interface Rotation {
  readonly overlapHours: number;
  readonly expiresInDays: number | undefined;
}

/** Replaces the token of a key, and shows the new one. */
export default function RotateKeyDialog({ serviceKey: { id, name, status }, onClose }: RotateKeyDialogProps) {
  const { api } = useWorkspace();
  const [shown, setShown] = useState<ShownToken>();
  const { mutate, isPending, error } = useWorkspaceChange({
    // As for a new key, the cache must not get the token.
    change: async (rotation: Rotation) => {
      const { token } = await api.serviceKeys.rotate({ id, ...rotation });
      setShown({ name, token });
    },
  });
  if (shown) return <KeyTokenDialog shown={shown} onClose={onClose} />;
  const closeWhenIdle = () => {
    if (!isPending) onClose();
  };
  return (
    <Dialog title={texts.title(name)} onClose={closeWhenIdle}>
      <Form
        error={error}
        onSubmit={({ overlapHours = "0", expiresInDays = "" }) =>
          mutate({
            overlapHours: Number(overlapHours),
            expiresInDays: expiresInDays === "" ? undefined : Number(expiresInDays),
          })
        }
      >
        <p className="dialog-text">{texts.text}</p>
        {status === "active" && (
          <SelectField
            name="overlapHours"
            label={texts.overlap}
            hint={texts.overlapHint}
            defaultValue="24"
            options={Object.entries(texts.overlaps).map(([value, label]) => ({ value, label }))}
          />
        )}
        <SelectField
          name="expiresInDays"
          label={texts.expiry}
          options={[{ value: "", label: texts.sameExpiry }, ...expiryOptions]}
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
