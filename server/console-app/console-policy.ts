import type { StorageConfig } from '../config.js';

/** Amazon's own endpoints, where none is configured. */
const AMAZON = 'https://*.amazonaws.com';

/**
 * What the console's pages may load (CSP level 3): scripts and styles of this server, recordings from this server and,
 * where browsers exchange bytes with the store itself, from there. The component library writes style elements.
 */
export function consolePolicy(publicUrl: string, storage: StorageConfig): string {
  const bytes = ["'self'", new URL(publicUrl).origin, ...storeOrigins(storage)].join(' ');
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src ${bytes} ${socketOrigin(publicUrl)}`,
    `media-src ${bytes} blob:`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

const socketOrigin = (publicUrl: string): string => new URL(publicUrl).origin.replace(/^http/, 'ws');

function storeOrigins(storage: StorageConfig): string[] {
  if (storage.kind === 'local') return [];
  if (storage.endpoint === undefined) return [AMAZON];
  const { protocol, host, origin } = new URL(storage.endpoint);
  return storage.forcePathStyle ? [origin] : [origin, `${protocol}//${storage.bucket}.${host}`];
}
