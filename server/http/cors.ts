import type { CorsOptions } from 'cors';

const LOCAL = /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

/** Which pages may call: credentials are never sent by cookie, so none are allowed. */
export function corsOptions(origins: 'localhost' | readonly string[]): CorsOptions {
  return {
    origin: origins === 'localhost' ? LOCAL : [...origins],
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
    ],
    maxAge: 7200,
  };
}
