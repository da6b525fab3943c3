// The texts are English, so the names of months are English too, in the order of the user's region.
const locale = navigator.language.startsWith("en") ? navigator.language : "en";
const dayFormat = new Intl.DateTimeFormat(locale, { dateStyle: "medium" });
const timeFormat = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });
const exactFormat = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "long" });

interface TimeProps {
  /** A date and time in ISO 8601. */
  readonly at: string;
  /** Shows the day only. */
  readonly dayOnly?: boolean;
  /** Shows the seconds and the time zone, too. */
  readonly isExact?: boolean;
}

/** A point in time, in the time zone of the browser. */
export function Time({ at, dayOnly = false, isExact = false }: TimeProps) {
  const format = isExact ? exactFormat : dayOnly ? dayFormat : timeFormat;
  return <time dateTime={at}>{format.format(new Date(at))}</time>;
}
