import { TextField } from "../../components/field.tsx";
import { authTexts } from "../../texts/auth.ts";
import { rememberedEmail } from "./remembered-email.ts";

export const EmailField = ({
  autoComplete = "username",
}: {
  readonly autoComplete?: "username" | "email";
}) => (
  <TextField
    name="email"
    label={authTexts.email}
    type="email"
    autoComplete={autoComplete}
    autoCapitalize="none"
    defaultValue={rememberedEmail.get()}
    onChange={(event) => rememberedEmail.set(event.currentTarget.value)}
    required
  />
);
