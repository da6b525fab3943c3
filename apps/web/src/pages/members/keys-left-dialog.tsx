import type { RemovedMember } from "@projostack/sdk";
import { useWorkspace } from "../../api/workspace-context.ts";
import { Button, LinkButton } from "../../components/button.tsx";
import { Dialog } from "../../components/dialog.tsx";
import { Row, Rows } from "../../components/rows.tsx";
import { paths } from "../../paths.ts";
import { membersTexts } from "../../texts/members.ts";

const texts = membersTexts.keysLeft;

interface KeysLeftDialogProps {
  readonly email: string;
  readonly keys: RemovedMember["keysLeft"];
  readonly onClose: () => void;
}

/** Names the active service keys of a removed member. */
export function KeysLeftDialog({ email, keys, onClose }: KeysLeftDialogProps) {
  const { id } = useWorkspace();
  return (
    <Dialog title={texts.title} onClose={onClose}>
      <p className="dialog-text">{texts.text(email)}</p>
      <Rows label={texts.list}>
        {keys.map((key) => (
          <Row key={key.id} title={key.name} />
        ))}
      </Rows>
      <div className="dialog-actions">
        <Button onClick={onClose}>{texts.later}</Button>
        <LinkButton href={paths.section(id, "keys")} look="primary">
          {texts.toKeys}
        </LinkButton>
      </div>
    </Dialog>
  );
}
