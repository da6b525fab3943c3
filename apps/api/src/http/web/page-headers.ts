// The headers of pages. The application needs its own scripts, styles, fonts and images, and the API of its own origin.

/** Permits nothing of another origin, no inline script or style, and no text as HTML (trusted types). */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "require-trusted-types-for 'script'",
].join("; ");

/** Features of browsers that the application does not use. Writing to the clipboard stays permitted. */
const unusedFeatures = [
  "accelerometer",
  "autoplay",
  "browsing-topics",
  "camera",
  "clipboard-read",
  "display-capture",
  "encrypted-media",
  "fullscreen",
  "gamepad",
  "geolocation",
  "gyroscope",
  "hid",
  "idle-detection",
  "local-fonts",
  "magnetometer",
  "microphone",
  "midi",
  "payment",
  "picture-in-picture",
  "publickey-credentials-create",
  "publickey-credentials-get",
  "screen-wake-lock",
  "serial",
  "storage-access",
  "usb",
  "xr-spatial-tracking",
];

const ONE_YEAR_SECONDS = 365 * 24 * 60 * 60;

/** @param isHttps whether the public address of the application begins with https:// */
export const pageHeaders = (isHttps: boolean): Readonly<Record<string, string>> => ({
  "content-security-policy": policy,
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "permissions-policy": unusedFeatures.map((feature) => `${feature}=()`).join(", "),
  ...(isHttps ? { "strict-transport-security": `max-age=${ONE_YEAR_SECONDS}` } : {}),
});

/** A document such as an SVG image runs no script when it is opened by itself. */
export const documentHeaders = {
  "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
} as const;
