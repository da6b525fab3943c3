import "./icon.css";

/** Drawings of 24 units with strokes of 2 units. */
const drawings = {
  check: "M5 12.5l4.5 4.5L19 7",
  chevron: "M7 10l5 5 5-5",
  close: "M6 6l12 12M18 6L6 18",
  copy: "M9 9h10v11H9zM5 15V4h10",
  menu: "M4 7h16M4 12h16M4 17h16",
  plus: "M12 5v14M5 12h14",
  warning: "M12 4l9 16H3zM12 10v4M12 17v.01",
  info: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 11v5M12 8v.01",
  mail: "M3 6h18v12H3zM3 7l9 6 9-6",
  folder: "M3 6h6l2 2h10v10H3z",
  tasks: "M4 6l2 2 3-3M4 16l2 2 3-3M12 7h8M12 17h8",
  people:
    "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20c0-3.5 3-6 6.500-6s6.500 2.500 6.500 6M16 4.500a3.500 3.500 0 0 1 0 6.500M18 14.500c2 .800 3.500 2.800 3.500 5.500",
  key: "M8 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM11 11l9 9M15.5 15.5l3-3",
  list: "M8 6h12M8 12h12M8 18h12M4 6v.01M4 12v.01M4 18v.01",
  settings: "M4 8h10M18 8h2M4 16h2M10 16h10M16 6v4M8 14v4",
  computer: "M3 5h18v11H3zM9 20h6M12 16v4",
  edit: "M4 20v-4L16 4l4 4L8 20zM13 7l4 4",
  trash: "M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v5M14 11v5",
  phone: "M7 3h10v18H7zM11 18h2",
} as const;

export type IconName = keyof typeof drawings;

/** A decoration. The text beside it, or the label of its button, says what it means. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={drawings[name]} />
    </svg>
  );
}
