/** What the page is loaded from; each as VS Code's webview may load it. */
export interface PageSources {
  readonly script: string;
  readonly style: string;
  /** The origin of those two, for the policy. */
  readonly cspSource: string;
  /** For this load of the page alone. */
  readonly nonce: string;
  /** BCP 47. */
  readonly language: string;
  readonly title: string;
}

/**
 * The page before anything is drawn: no data and no secret stands in it. Nothing may be loaded but its
 * script and style, and nothing sent anywhere.
 */
export function pageHtml(sources: PageSources): string {
  const { script, style, cspSource, nonce, language, title } = sources;
  const policy = `default-src 'none'; style-src ${cspSource}; script-src 'nonce-${nonce}'`;
  return `<!DOCTYPE html>
<html lang="${escaped(language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escaped(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${escaped(style)}">
<title>${escaped(title)}</title>
</head>
<body>
<main id="dashboard" aria-busy="true"></main>
<script nonce="${escaped(nonce)}" src="${escaped(script)}"></script>
</body>
</html>
`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
