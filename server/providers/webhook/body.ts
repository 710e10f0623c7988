import type { IgnoredReason, WebhookRequest } from '../provider.js';
import { isObject, unwrapJson, type Json, type JsonObject } from './fields.js';

const MAX_REPORTS = 1000;

/** How often a report may be wrapped: a field of a form or object, a list, a string. */
const MAX_WRAPS = 6;

export interface Reports {
  readonly reports: readonly JsonObject[];
  readonly ignored: readonly IgnoredReason[];
}

/**
 * The reports of one request, whatever they are wrapped in: a JSON object or list, JSON inside a string, a form or
 * query field that holds such JSON, or the form or query itself. The content type is not believed: the bytes are.
 * @param wrappers canonical names of the field that may hold the JSON.
 */
export function reportsOf(request: WebhookRequest, wrappers: readonly string[]): Reports {
  const body = request.rawBody.toString('utf8').trim();
  const carried = body === '' ? formOf(queryOf(request)) : decode(body);
  if (carried === undefined) return { reports: [], ignored: ['UNREADABLE'] };
  const reports: JsonObject[] = [];
  const ignored: IgnoredReason[] = [];
  collect(carried, wrappers, MAX_WRAPS, reports, ignored);
  return { reports, ignored };
}

/** Of a body's form or of the query, in the order sent. */
export function parametersOf(request: WebhookRequest): URLSearchParams {
  const body = request.rawBody.toString('utf8').trim();
  return body === '' ? queryOf(request) : new URLSearchParams(body);
}

function decode(body: string): Json {
  if (!/^[[{"]/.test(body)) return body.includes('=') ? formOf(new URLSearchParams(body)) : undefined;
  const value = unwrapJson(body);
  return value === body ? undefined : value;
}

function queryOf(request: WebhookRequest): URLSearchParams {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(request.query)) {
    for (const one of [value ?? []].flat()) query.append(name, one);
  }
  return query;
}

/** Without a prototype that a field's name could reach. The first of several values counts. */
function formOf(parameters: URLSearchParams): JsonObject {
  const form = new Map<string, string>();
  for (const [name, value] of parameters) if (!form.has(name)) form.set(name, value);
  return Object.fromEntries(form);
}

function collect(
  value: Json,
  wrappers: readonly string[],
  wrapsLeft: number,
  reports: JsonObject[],
  ignored: IgnoredReason[],
): void {
  const plain = unwrapJson(value);
  if (wrapsLeft === 0) ignored.push('UNREADABLE');
  else if (typeof plain === 'string' && plain !== value)
    collect(plain, wrappers, wrapsLeft - 1, reports, ignored);
  else if (Array.isArray(plain)) collectList(plain, wrappers, wrapsLeft - 1, reports, ignored);
  else if (!isObject(plain)) ignored.push('UNREADABLE');
  else if (Object.keys(plain).length === 0) ignored.push('EMPTY');
  else {
    const wrapper = Object.keys(plain).find((key) => wrappers.includes(key.toLowerCase()));
    if (wrapper === undefined) reports.push(plain);
    else if (plain[wrapper] === '') ignored.push('EMPTY');
    else collect(plain[wrapper], wrappers, wrapsLeft - 1, reports, ignored);
  }
}

function collectList(
  list: readonly Json[],
  wrappers: readonly string[],
  wrapsLeft: number,
  reports: JsonObject[],
  ignored: IgnoredReason[],
): void {
  if (list.length === 0) ignored.push('EMPTY');
  for (const item of list) {
    if (reports.length + ignored.length >= MAX_REPORTS) {
      ignored.push('TOO_MANY');
      return;
    }
    collect(item, wrappers, wrapsLeft, reports, ignored);
  }
}
