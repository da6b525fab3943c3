import type { Role } from "@projostack/sdk";
import { rolesTexts as texts } from "../texts/roles.ts";
import { SelectField } from "./field.tsx";

interface RoleFieldProps {
  readonly roles: readonly Role[];
  readonly value: Role;
  readonly onChange: (role: Role) => void;
}

/** Selects a role, and says what it allows. Its name in the form is "role". */
export const RoleField = ({ roles, value, onChange }: RoleFieldProps) => (
  <SelectField
    name="role"
    label={texts.label}
    hint={texts.descriptions[value]}
    value={value}
    onChange={({ target }) => {
      const role = roles.find((each) => each === target.value);
      if (role !== undefined) onChange(role);
    }}
    options={roles.map((role) => ({ value: role, label: texts.names[role] }))}
  />
);
