import { exampleOperations, type Examples } from './documents.js';
import { htmlOf } from './page.js';

const CDN = 'https://embeddable-sandbox.cdn.apollographql.com';
const FRAME = 'https://sandbox.embed.apollographql.com';

/** Apollo's script and frame, and our own files; requests go to this server alone. */
export const SANDBOX_POLICY = [
  "default-src 'none'",
  `script-src 'self' ${CDN}`,
  "style-src 'self'",
  "img-src 'self' data:",
  `frame-src ${FRAME}`,
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
].join('; ');

/**
 * Apollo Sandbox over our own API. The page runs in Apollo's frame: with `signIn` its token reaches Apollo too, so it
 * may be only that of a user whose password is published anyway.
 */
export function sandboxPage(examples: Examples | undefined, signIn: object | undefined): string {
  const operations = exampleOperations(examples);
  return htmlOf({
    title: 'Earshot API: Sandbox',
    styles: ['/explorer/sandbox.css'],
    scripts: ['/explorer/session.js', '/explorer/start-sandbox.js'],
    body: `<p id="fallback" role="alert" hidden>Apollo Sandbox cannot be loaded from here.
<a href="/graphiql">Open GraphiQL</a>, which this server brings along.</p>
<div id="sandbox"></div>`,
    settings: {
      // The major version that Apollo Server's own landing page loads.
      script: `${CDN}/v2/embeddable-sandbox.umd.production.min.js`,
      document: operations.map(({ query }) => query).join('\n'),
      variables: Object.assign({}, ...operations.map(({ variables }) => variables)) as object,
      signIn,
    },
  });
}
