import { Notice } from "../../components/notice.tsx";
import { membersTexts } from "../../texts/members.ts";

const texts = membersTexts.onlyAdmin;

/** Explains why the only admin cannot leave the workspace or take another role. */
export const OnlyAdminNotice = () => (
  <Notice kind="warning" role="status">
    <p>{texts.text}</p>
    <p>{texts.next}</p>
  </Notice>
);
