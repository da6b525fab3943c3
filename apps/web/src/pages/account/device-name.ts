const browsers: readonly (readonly [RegExp, string])[] = [
  [/\bEdg(?:A|iOS)?\//, "Edge"],
  [/\bOPR\//, "Opera"],
  [/\b(?:Firefox|FxiOS)\//, "Firefox"],
  [/\b(?:Chrome|CriOS|HeadlessChrome)\//, "Chrome"],
  [/\bSafari\//, "Safari"],
];

const systems: readonly (readonly [RegExp, string])[] = [
  [/\b(?:iPhone|iPad)\b/, "iOS"],
  [/\bAndroid\b/, "Android"],
  [/\bWindows\b/, "Windows"],
  [/\bMac OS X\b/, "macOS"],
  [/\bCrOS\b/, "ChromeOS"],
  [/\bLinux\b/, "Linux"],
];

export interface DeviceName {
  readonly name: string;
  readonly isPhone: boolean;
}

/**
 * Names a device by the `user-agent` header of its session: "Firefox on Windows". A header that is not from a browser names itself
 * by its first product, such as "projo/1.2.0".
 */
export function deviceName(userAgent: string | null): DeviceName | undefined {
  if (userAgent === null || userAgent.trim() === "") return undefined;
  const nameIn = (table: typeof browsers) => table.find(([pattern]) => pattern.test(userAgent))?.[1];
  const browser = nameIn(browsers);
  const system = nameIn(systems);
  if (browser === undefined) return { name: userAgent.trim().split(/\s/)[0] ?? "", isPhone: false };
  return {
    name: system === undefined ? browser : `${browser} on ${system}`,
    isPhone: system === "iOS" || system === "Android",
  };
}
