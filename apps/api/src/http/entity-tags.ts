/** Whether a header `if-none-match` names the tag. The comparison is weak (RFC 9110, section 13.1.2). */
export function matchesTag(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.trim() === "*" || header.split(",").some((tag) => withoutMark(tag) === withoutMark(etag));
}

const withoutMark = (tag: string): string => tag.trim().replace(/^W\//, "");
