import type { CorsOptions } from 'cors';

const LOCAL = /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

/** The package compares a list's entries to the letter: `*` in one would match no page. */
function allowed(origins: 'localhost' | readonly string[]): CorsOptions['origin'] {
  if (origins === 'localhost') return LOCAL;
  return origins.includes('*') ? '*' : [...origins];
}

/** Which pages may call: credentials are never sent by cookie, so none are allowed. */
export function corsOptions(origins: 'localhost' | readonly string[]): CorsOptions {
  return {
    origin: allowed(origins),
    credentials: false,
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowedHeaders: [
      'Authorization',
      'Content-Type',
      'Range',
      'If-Range',
      'Apollo-Require-Preflight',
      'X-Apollo-Operation-Name',
      'Apollographql-Client-Name',
      'Apollographql-Client-Version',
      'Tus-Resumable',
      'Upload-Length',
      'Upload-Offset',
      'Upload-Metadata',
      'Upload-Checksum',
      'Upload-Defer-Length',
      'X-HTTP-Method-Override',
      'X-Request-Id',
    ],
    exposedHeaders: [
      'Content-Range',
      'Content-Length',
      'ETag',
      'Accept-Ranges',
      'Retry-After',
      'X-Request-Id',
      'Location',
      'Tus-Resumable',
      'Tus-Version',
      'Tus-Extension',
      'Tus-Max-Size',
      'Tus-Checksum-Algorithm',
      'Upload-Offset',
      'Upload-Length',
      'Upload-Expires',
      'Upload-Metadata',
      'Upload-Defer-Length',
    ],
    maxAge: 7200,
  };
}

/** The same rule for what CORS does not reach: the upgrade to a WebSocket. */
export function allowsOrigin(origins: 'localhost' | readonly string[], origin: string): boolean {
  const rule = allowed(origins);
  if (rule instanceof RegExp) return rule.test(origin);
  return rule === '*' || (Array.isArray(rule) && rule.includes(origin));
}
