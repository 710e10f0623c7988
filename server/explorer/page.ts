export interface Page {
  readonly title: string;
  readonly styles: readonly string[];
  /** Run in this order, after the body. */
  readonly scripts: readonly string[];
  readonly body: string;
  /** What the scripts read from `#settings`: data, which no policy has to let run. */
  readonly settings: object;
}

/** A page without a word of inline script or style, so that its policy needs to allow none. */
export function htmlOf({ title, styles, scripts, body, settings }: Page): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="data:,">
${styles.map((href) => `<link rel="stylesheet" href="${href}">`).join('\n')}
</head>
<body>
<noscript>The explorer needs JavaScript.</noscript>
${body}
<script id="settings" type="application/json">${jsonInHtml(settings)}</script>
${scripts.map((src) => `<script src="${src}"></script>`).join('\n')}
</body>
</html>
`;
}

/** JSON that cannot end the element around it. */
function jsonInHtml(value: object): string {
  return JSON.stringify(value).replaceAll('<', String.raw`\u003c`);
}
