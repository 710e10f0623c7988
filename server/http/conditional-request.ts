import type { IncomingHttpHeaders } from 'node:http';
import { parseHttpDate, toSeconds } from './http-date.js';

/** What tells one representation from another (RFC 9110 section 8.8). */
export interface Validators {
  /** Strong, with its quotes. */
  etag: string;
  modifiedAt: Date;
}

export type Precondition = 'proceed' | 'not-modified' | 'failed';

/** Evaluates the preconditions of a GET or HEAD, in the order of RFC 9110 section 13.2.2, but for If-Range. */
export function evaluatePreconditions(headers: IncomingHttpHeaders, validators: Validators): Precondition {
  const modified = toSeconds(validators.modifiedAt);
  const ifMatch = headers['if-match'];
  if (ifMatch !== undefined) {
    if (!listsTag(ifMatch, validators.etag, 'strong')) return 'failed';
  } else {
    const since = dateOf(headers['if-unmodified-since']);
    if (since !== undefined && modified > since) return 'failed';
  }

  const ifNoneMatch = headers['if-none-match'];
  if (ifNoneMatch !== undefined)
    return listsTag(ifNoneMatch, validators.etag, 'weak') ? 'not-modified' : 'proceed';
  const since = dateOf(headers['if-modified-since']);
  return since !== undefined && modified <= since ? 'not-modified' : 'proceed';
}

/** Whether If-Range, if any, lets a Range count: its tag must be the same strong one, or its date exactly ours. */
export function ifRangeHolds(headers: IncomingHttpHeaders, validators: Validators): boolean {
  const value = headers['if-range'];
  if (value === undefined) return true;
  if (typeof value !== 'string') return false;
  return value === validators.etag || parseHttpDate(value) === toSeconds(validators.modifiedAt);
}

function dateOf(value: string | undefined): number | undefined {
  return value === undefined ? undefined : parseHttpDate(value);
}

/**
 * Whether an If-Match or If-None-Match list names `etag`. `*` names any. A malformed list names nothing from the fault
 * on: If-Match then fails, If-None-Match then sends the bytes, which is the safe side of both.
 */
function listsTag(list: string, etag: string, comparison: 'strong' | 'weak'): boolean {
  if (list.trim() === '*') return true;
  // entity-tag = [ "W/" ] DQUOTE *etagc DQUOTE; a tag may have commas within.
  const element = /[ \t]*(?:(W\/)?("[\x21\x23-\x7e\x80-\xff]*"))?[ \t]*(?:,|$)/y;
  while (element.lastIndex < list.length) {
    const found = element.exec(list);
    if (!found) return false;
    const [, weak, tag] = found;
    if (tag === etag && (weak === undefined || comparison === 'weak')) return true;
  }
  return false;
}
