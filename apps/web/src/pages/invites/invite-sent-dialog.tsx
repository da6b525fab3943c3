import { Button } from "../../components/button.tsx";
import { Dialog } from "../../components/dialog.tsx";
import { Secret } from "../../components/secret.tsx";
import { invitesTexts } from "../../texts/invites.ts";

const texts = invitesTexts.sent;

/** What the answer to a sent invite contains for the inviter. */
export interface SentLink {
  readonly email: string;
  readonly link: string;
}

interface InviteSentDialogProps {
  readonly sent: SentLink;
  readonly onClose: () => void;
}

/** Shows the link that the inviter can pass on. It contains a token, and is in the state of the dialog only. */
export const InviteSentDialog = ({ sent, onClose }: InviteSentDialogProps) => (
  <Dialog title={texts.title} onClose={onClose}>
    <p className="dialog-text">{texts.text(sent.email)}</p>
    <Secret label={texts.link} copyLabel={texts.copyLink} text={sent.link} />
    <p className="dialog-text">{texts.linkText}</p>
    <div className="dialog-actions">
      <Button look="primary" onClick={onClose}>
        {texts.done}
      </Button>
    </div>
  </Dialog>
);
