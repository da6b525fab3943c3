// Names files that are not tables of text, with the step that makes one of them.

/** What a file is, and how to get a CSV file from it. */
export interface FileType {
  /** Completes the sentence "backlog.xlsx is ...". */
  what: string;
  fix: string;
}

const SAVE_AS_CSV = "Open it in a spreadsheet program and save it as CSV (UTF-8).";
const DECOMPRESS = "Decompress it first.";
const EXPORT_CSV = "Export the data as CSV.";

/** The first bytes of formats that people take for CSV. */
const SIGNATURES: readonly (readonly [start: string, what: string, fix: string])[] = [
  ["\xd0\xcf\x11\xe0", "an Excel workbook (.xls)", SAVE_AS_CSV],
  ["%PDF", "a PDF document", EXPORT_CSV],
  ["\x1f\x8b", "compressed with gzip", "Decompress it: gunzip -c FILE | projo tasks import -"],
  ["BZh", "compressed with bzip2", DECOMPRESS],
  ["\xfd7zXZ", "compressed with xz", DECOMPRESS],
  ["\x28\xb5\x2f\xfd", "compressed with zstd", DECOMPRESS],
  ["7z\xbc\xaf", "a 7z archive", DECOMPRESS],
  ["Rar!", "a RAR archive", DECOMPRESS],
  ["SQLite format 3", "a SQLite database", EXPORT_CSV],
  ["PAR1", "a Parquet file", EXPORT_CSV],
  ["{\\rtf", "an RTF document", EXPORT_CSV],
  ["\x89PNG", "an image (PNG)", EXPORT_CSV],
  ["\xff\xd8\xff", "an image (JPEG)", EXPORT_CSV],
  ["GIF8", "an image (GIF)", EXPORT_CSV],
  ["\x7fELF", "a program", EXPORT_CSV],
];

/** Recognizes a binary format by the start of the file. */
export function binaryType(head: Buffer): FileType | undefined {
  const start = head.toString("latin1", 0, 4096);
  if (start.startsWith("PK\x03\x04") || start.startsWith("PK\x05\x06"))
    return zipType(head.toString("latin1"));
  const found = SIGNATURES.find(([signature]) => start.startsWith(signature));
  if (found) return { what: found[1], fix: found[2] };
  if (start.slice(257, 262) === "ustar") return { what: "a tar archive", fix: "Unpack it first." };
  if (start.startsWith("\xff\xfe\0\0") || start.startsWith("\0\0\xfe\xff")) {
    return { what: "text in UTF-32", fix: "Save it as UTF-8." };
  }
  return undefined;
}

function zipType(text: string): FileType {
  if (/xl\/|xl\\/.test(text)) return { what: "an Excel workbook (.xlsx)", fix: SAVE_AS_CSV };
  if (text.includes("opendocument.spreadsheet")) {
    return { what: "an OpenDocument spreadsheet (.ods)", fix: SAVE_AS_CSV };
  }
  if (text.includes("Index/Document.iwa")) return { what: "a Numbers spreadsheet", fix: SAVE_AS_CSV };
  if (text.includes("[Content_Types].xml")) return { what: "an Office document", fix: SAVE_AS_CSV };
  return { what: "a ZIP archive", fix: "Unpack it, then import the CSV file inside." };
}

/** Recognizes a text format by the start of the decoded file. */
export function textType(text: string): FileType | undefined {
  const start = text.trimStart();
  if (/^<(?:!--|(?:!doctype html|html|head|body|table|script|meta)\b)/i.test(start)) {
    return {
      what: "a web page (HTML)",
      fix: "A browser may have saved the sign-in page instead of the export. Export the data as CSV again.",
    };
  }
  if (/^<\?xml|^<[a-z][\w:.-]*(?:\s[^>]*)?>/i.test(start)) return { what: "XML", fix: EXPORT_CSV };
  if (/^(?:\{\s*(?:"(?:[^"\\]|\\.)*"\s*:|\})|\[\s*(?:[{\]]|"(?:[^"\\]|\\.)*"\s*[,\]]))/.test(start)) {
    return {
      what: "JSON",
      fix: "Export the data as CSV, or call the API: projo call tasks.createMany --help",
    };
  }
  return undefined;
}

/** Returns true when too many bytes are controls for a text in an encoding without NUL bytes. */
export function looksBinary(head: Buffer): boolean {
  let controls = 0;
  for (const byte of head) if (byte < 9 || (byte > 13 && byte < 32 && byte !== 27)) controls += 1;
  return controls > 0 && controls * 50 > head.length;
}
