import type { WebhookRequest } from '../../../server/providers/provider.js';
import type { Wire } from '../../support/fake-provider/webhooks.js';

const PUBLIC_URL = 'https://earshot.example/webhooks/x/secret';

/** What a route hands to an adapter. */
export function requestOf(wire: Wire, more: Partial<WebhookRequest> = {}): WebhookRequest {
  const query = new URLSearchParams(wire.query ?? {}).toString();
  return {
    method: wire.method,
    url: query === '' ? PUBLIC_URL : `${PUBLIC_URL}?${query}`,
    query: wire.query ?? {},
    headers: {},
    contentType: wire.contentType,
    rawBody: Buffer.from(wire.body ?? ''),
    ...more,
  };
}

/** None may throw or make an event. */
export const UNREADABLE_WIRES: Readonly<Record<string, Wire>> = {
  nothing: { method: 'POST' },
  text: { method: 'POST', contentType: 'text/plain', body: 'hello' },
  'broken JSON': { method: 'POST', contentType: 'application/json', body: '{"callId":' },
  null: { method: 'POST', contentType: 'application/json', body: 'null' },
  number: { method: 'POST', contentType: 'application/json', body: '42' },
  'empty list': { method: 'POST', contentType: 'application/json', body: '[]' },
  'list of nothing': { method: 'POST', contentType: 'application/json', body: '[null, 1, "x", [], {}]' },
  'no call id': { method: 'POST', contentType: 'application/json', body: '{"callStatus":3}' },
  'call id of another shape': {
    method: 'POST',
    contentType: 'application/json',
    body: '{"callId":{"a":1},"CallSid":[]}',
  },
  'call id too long': {
    method: 'POST',
    contentType: 'application/json',
    body: `{"callId":"${'a'.repeat(201)}"}`,
  },
  'deep nesting': {
    method: 'POST',
    contentType: 'application/json',
    body: '['.repeat(10_000) + ']'.repeat(10_000),
  },
  'prototype names': {
    method: 'POST',
    contentType: 'application/json',
    body: '{"__proto__":{"callId":"x"},"constructor":1}',
  },
  'bytes that are no text': { method: 'POST', contentType: 'application/json', body: '\u0000\ufffd\u0001' },
  'an empty query': { method: 'GET', query: {} },
};
