import type { Role } from "@projostack/sdk";
import { useEffect, useState } from "react";
import { rolesUpTo } from "../../api/roles.ts";
import { SelectField, TextField } from "../../components/field.tsx";
import { ListControls } from "../../components/list-controls.tsx";
import { commonTexts } from "../../texts/common.ts";
import { membersTexts as texts } from "../../texts/members.ts";

/** Which members the list shows. */
export interface MemberFilters {
  readonly search?: string;
  readonly role?: Role;
}

/** The list follows the text when the user stops typing. */
const TYPING_PAUSE_MS = 300;

const roles = rolesUpTo("admin");

export function MemberControls({ onChange }: { readonly onChange: (filters: MemberFilters) => void }) {
  const [text, setText] = useState("");
  const [role, setRole] = useState<Role>();
  useEffect(() => {
    const search = text.trim();
    const apply = () =>
      onChange({ ...(search === "" ? {} : { search }), ...(role === undefined ? {} : { role }) });
    const timer = setTimeout(apply, TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [onChange, role, text]);
  return (
    <ListControls label={texts.controls}>
      <TextField
        name="search"
        type="search"
        label={texts.search}
        value={text}
        maxLength={200}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        onChange={({ target }) => setText(target.value)}
      />
      <SelectField
        name="role"
        label={texts.role}
        value={role ?? ""}
        options={[
          { value: "", label: texts.allRoles },
          ...roles.map((each) => ({ value: each, label: commonTexts.roles[each] })),
        ]}
        onChange={({ target }) => setRole(roles.find((each) => each === target.value))}
      />
    </ListControls>
  );
}
