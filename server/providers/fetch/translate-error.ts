import {
  BodyTruncated,
  FetchBadResponse,
  FetchError,
  FetchTimeout,
  FetchUnreachable,
} from './fetch-error.js';

const LENGTH_MISMATCH = 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH';
const NOT_HTTP = 'NOT_HTTP';
const BAD_RESPONSES = new Set(['UND_ERR_HEADERS_OVERFLOW', LENGTH_MISMATCH, NOT_HTTP]);

/** The typed error for what undici, Node or TLS threw. Nothing of the original's message or cause is kept. */
export function translateError(error: unknown): FetchError {
  if (error instanceof FetchError) return error;
  // One failure per address that was tried.
  if (has(error, 'errors') && Array.isArray(error.errors)) return translateError(error.errors[0]);
  const code = codeOf(error);
  if (code === 'UND_ERR_CONNECT_TIMEOUT') return new FetchTimeout('connect');
  if (code === 'UND_ERR_HEADERS_TIMEOUT') return new FetchTimeout('headers');
  if (code === 'UND_ERR_BODY_TIMEOUT') return new FetchTimeout('body');
  if (BAD_RESPONSES.has(code)) return new FetchBadResponse(code);
  return new FetchUnreachable(code);
}

/** The same for what befell a body: a connection that ended early left it incomplete. */
export function translateBodyError(
  error: unknown,
  expected: number | undefined,
  received: number,
): FetchError {
  const translated = translateError(error);
  const cutOff = translated instanceof FetchUnreachable || codeOf(error) === LENGTH_MISMATCH;
  return cutOff ? new BodyTruncated(expected, received) : translated;
}

function codeOf(error: unknown): string {
  // undici's parser gives most of its errors no code.
  if (has(error, 'name') && error.name === 'HTTPParserError') return NOT_HTTP;
  const code = has(error, 'code') ? error.code : undefined;
  return typeof code === 'string' && /^[A-Z0-9_]{1,60}$/.test(code) ? code : 'UNKNOWN';
}

function has<K extends string>(error: unknown, key: K): error is Record<K, unknown> {
  return typeof error === 'object' && error !== null && key in error;
}
