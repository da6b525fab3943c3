/** The page. Its addresses are relative, so that it works behind a proxy that adds a prefix to the path. */
export const pageOf = (version: string): string => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="referrer" content="no-referrer">
    <title>ProjoStack API</title>
    <link rel="icon" href="data:,">
    <script src="docs/reference.js?v=${encodeURIComponent(version)}" defer></script>
    <script src="docs/set-up.js" defer></script>
  </head>
  <body>
    <div id="reference"></div>
    <noscript>This page needs JavaScript. The same description is at <a href="openapi.json">openapi.json</a>.</noscript>
  </body>
</html>
`;

/**
 * The policy of the page: no script, request or font of another origin, and no inline script. Scalar adds its styles with
 * scripts, which the browser counts as inline styles.
 */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

export const pageHeaders = {
  "content-security-policy": policy,
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
} as const;

/**
 * Creates the reference. Without these settings, Scalar sends usage data, loads fonts from its own server, and offers
 * services that send the document there. Scalar shows the fields of a parameter that has a media type, and not those of a
 * text that contains JSON, so the script gives it the former.
 */
export const setUpScript = `"use strict";
const base = new URL(".", document.baseURI).href;
const describe = async () => {
  const content = await (await fetch(new URL("openapi.json", base))).json();
  for (const { get } of Object.values(content.paths))
    for (const parameter of get?.parameters ?? []) {
      const { contentMediaType, contentSchema: schema } = parameter.schema ?? {};
      if (!contentMediaType) continue;
      delete parameter.schema;
      parameter.content = { [contentMediaType]: { schema } };
    }
  return content;
};
describe().then((content) =>
  Scalar.createApiReference("#reference", {
    content,
    baseServerURL: base.replace(/\\/$/, ""),
    telemetry: false,
    withDefaultFonts: false,
    agent: { disabled: true },
    mcp: { disabled: true },
    showDeveloperTools: "never",
    hideClientButton: true,
    persistAuth: false,
    documentDownloadType: "none",
    showOperationId: true,
  }),
);
`;
