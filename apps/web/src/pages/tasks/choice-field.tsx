import { useState } from "react";
import { SelectField } from "../../components/field.tsx";
import { SearchField } from "../../components/search-field.tsx";
import { tasksTexts as texts } from "../../texts/tasks.ts";
import {
  useMemberName,
  useMemberOptions,
  useProjectName,
  useProjectOptions,
  type Option,
  type Options,
} from "./use-names.ts";
import "./choice-field.css";

interface ChoiceProps {
  readonly name: string;
  readonly label: string;
  /** The id of the selected project or member. Empty for all of them. */
  readonly value: string;
  /** The first option, which selects none of them. */
  readonly all?: string;
  readonly onChange: (value: string) => void;
}

export function ProjectField(props: ChoiceProps) {
  const [search, setSearch] = useState("");
  const { data } = useProjectOptions(search);
  const selected = useProjectName(props.value === "" ? undefined : props.value);
  return (
    <ChoiceField
      {...props}
      options={data}
      selected={selected}
      find={texts.findProject}
      search={search}
      onSearch={setSearch}
    />
  );
}

export function CreatorField(props: ChoiceProps) {
  const [search, setSearch] = useState("");
  const { data } = useMemberOptions(search);
  const selected = useMemberName(props.value === "" ? undefined : props.value);
  return (
    <ChoiceField
      {...props}
      options={data}
      selected={selected}
      find={texts.findCreator}
      search={search}
      onSearch={setSearch}
    />
  );
}

interface ChoiceFieldProps extends ChoiceProps {
  readonly options: Options | undefined;
  /** The label of the selected option, which may not be among `options`. */
  readonly selected: string | undefined;
  readonly find: string;
  readonly search: string;
  readonly onSearch: (search: string) => void;
}

/** A select. With more than 100 options, a text field below it selects those that it shows. */
function ChoiceField({
  all,
  value,
  options,
  selected,
  find,
  search,
  onSearch,
  onChange,
  ...field
}: ChoiceFieldProps) {
  const items = options?.items ?? [];
  const isListed = value === "" || items.some((option) => option.value === value);
  const shown: readonly Option[] = [
    ...(all === undefined ? [] : [{ value: "", label: all }]),
    ...(isListed ? [] : [{ value, label: selected ?? "…" }]),
    ...items,
  ];
  const select = (
    <SelectField
      {...field}
      value={value}
      options={shown}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
  if (search === "" && options?.hasMore !== true) return select;
  return (
    <div className="field choice-field">
      {select}
      <SearchField name={`${field.name}-search`} label={find} value={search} onChange={onSearch} />
    </div>
  );
}
