/** How a client accepts HTML: it names it, it accepts any media type, it does not accept HTML, or it has no header `accept`. */
export type AcceptsHtml = "by_name" | "as_any_type" | "no" | "unspecified";

export function acceptsHtml(accept: string | undefined): AcceptsHtml {
  if (accept === undefined) return "unspecified";
  const accepted = accept.toLowerCase().split(",").flatMap(acceptedType);
  if (accepted.some((type) => type === "text/html" || type === "application/xhtml+xml")) return "by_name";
  return accepted.some((type) => type === "text/*" || type === "*/*") ? "as_any_type" : "no";
}

function acceptedType(range: string): string[] {
  const [type = "", ...parameters] = range.split(";").map((part) => part.trim());
  const isRefused = parameters.some((parameter) => /^q=0(?:\.0*)?$/.test(parameter));
  return isRefused ? [] : [type];
}
