import { Button } from "../../components/button.tsx";
import { Dialog } from "../../components/dialog.tsx";
import { Notice } from "../../components/notice.tsx";
import { Secret } from "../../components/secret.tsx";
import { keysTexts } from "../../texts/keys.ts";

const texts = keysTexts.token;

/** The token of a key, with the name of the key. */
export interface ShownToken {
  readonly name: string;
  readonly token: string;
}

interface KeyTokenDialogProps {
  readonly shown: ShownToken;
  readonly onClose: () => void;
}

/** Shows a token once. The token is in the state of the dialog only, which ends when the dialog closes. */
export const KeyTokenDialog = ({ shown, onClose }: KeyTokenDialogProps) => (
  <Dialog title={texts.title(shown.name)} onClose={onClose}>
    <Notice kind="warning">
      <p>{texts.once}</p>
      <p>{texts.lost}</p>
    </Notice>
    <Secret label={texts.label} copyLabel={texts.copy} text={shown.token} />
    <div className="dialog-actions">
      <Button look="primary" onClick={onClose}>
        {texts.done}
      </Button>
    </div>
  </Dialog>
);
