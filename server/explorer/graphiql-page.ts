import { exampleOperations, type Examples } from './documents.js';
import { htmlOf } from './page.js';

/** Nothing from anywhere else. The editor writes inline styles and brings its font as data. */
export const GRAPHIQL_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self' data:",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
].join('; ');

/** GraphiQL from the package: the explorer where Apollo's CDN is out of reach. */
export function graphiqlPage(examples: Examples | undefined, signIn: object | undefined): string {
  return htmlOf({
    title: 'Earshot API: GraphiQL',
    styles: ['/explorer/graphiql.css'],
    scripts: [
      '/explorer/session.js',
      '/explorer/graphql-ws.js',
      '/explorer/graphiql.js',
      '/explorer/start-graphiql.js',
    ],
    body: '<div id="root"></div>',
    settings: {
      tabs: exampleOperations(examples).map(({ query, variables }) => ({
        query,
        variables: JSON.stringify(variables, null, 2),
      })),
      signIn,
    },
  });
}
