/** Gives the user a file, as if a link to it had been clicked. */
export function saveFile(name: string, content: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  // The browser reads the file after the click. It needs the address for a moment.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** A part of a file name: letters and digits of `text`, with hyphens between them. */
export const filePart = (text: string): string =>
  text
    .normalize("NFC")
    .replaceAll(/[^\p{L}\p{N}]+/gu, "-")
    .replaceAll(/^-|-$/g, "")
    .slice(0, 60)
    .toLowerCase();
