import { LinkButton } from "../components/button.tsx";
import { AuthLayout } from "../layout/auth-layout.tsx";
import { paths } from "../paths.ts";
import { commonTexts } from "../texts/common.ts";

const texts = commonTexts.notFound;

export default function NotFoundPage() {
  return (
    <AuthLayout title={texts.title} description={texts.text}>
      <LinkButton href={paths.workspaces} look="primary">
        {texts.link}
      </LinkButton>
    </AuthLayout>
  );
}
