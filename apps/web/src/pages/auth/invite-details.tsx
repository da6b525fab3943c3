import type { InvitePreview } from "@projostack/sdk";
import { Time } from "../../components/time.tsx";
import { authTexts } from "../../texts/auth.ts";
import { commonTexts } from "../../texts/common.ts";
import "./invite-details.css";

const texts = authTexts.invite;

export const InviteDetails = ({ invite }: { readonly invite: InvitePreview }) => (
  <dl className="invite-details">
    <div>
      <dt>{texts.inviter}</dt>
      <dd>{invite.inviterEmail}</dd>
    </div>
    <div>
      <dt>{texts.address}</dt>
      <dd>{invite.email}</dd>
    </div>
    <div>
      <dt>{texts.role}</dt>
      <dd>{commonTexts.roles[invite.role]}</dd>
    </div>
    <div>
      <dt>{texts.expires}</dt>
      <dd>
        <Time at={invite.expiresAt} />
      </dd>
    </div>
  </dl>
);
