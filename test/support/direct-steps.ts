import { graphql } from './graphql.js';
import type { SeededWav } from './seeded-wav.js';
import type { Caller } from './upload-steps.js';

export interface Target {
  url: string;
  headers: readonly { name: string; value: string }[];
}

export interface PartTarget extends Target {
  number: number;
}

export interface SentPart {
  number: number;
  etag: string;
}

const HEADERS = 'headers { name value }';

/** Sends the bytes as the target says, with its headers or others. */
export function sendTo(
  { url, headers }: Target,
  body: Uint8Array,
  others: Record<string, string> = {},
): Promise<Response> {
  const own = Object.fromEntries(headers.map(({ name, value }) => [name, value]));
  return fetch(url, { method: 'PUT', headers: { ...own, ...others }, body: Buffer.from(body) });
}

/** What only an upload by parts is asked for; a refusal rejects with its code. */
async function ask<T>(caller: Caller, id: string, field: string): Promise<T> {
  const query = `query ($id: ID!) { upload(id: $id) { answer: ${field} } }`;
  const { data, errors } = await graphql<{ upload: { answer: T } }>(caller.app, query, {
    token: caller.token,
    variables: { id },
  });
  const [error] = errors;
  if (error) throw Object.assign(new Error(error.message), error.extensions);
  if (!data) throw new Error('no answer');
  return data.upload.answer;
}

export const partTargets = (caller: Caller, id: string, numbers: readonly number[]): Promise<PartTarget[]> =>
  ask(caller, id, `parts(numbers: [${numbers.join(', ')}]) { number url ${HEADERS} }`);

export const uploadedParts = (caller: Caller, id: string): Promise<(SentPart & { byteSize: number })[]> =>
  ask(caller, id, 'uploadedParts { number etag byteSize }');

/** Sends these parts of the file, one after the other; answers what the store said of them. */
export async function sendParts(
  caller: Caller,
  id: string,
  file: SeededWav,
  numbers: readonly number[],
): Promise<SentPart[]> {
  const { chunkSize } = await caller.client.upload(id);
  const sent: SentPart[] = [];
  for (const target of await partTargets(caller, id, numbers)) {
    const offset = (target.number - 1) * chunkSize;
    const body = await file.read(offset, Math.min(chunkSize, file.byteSize - offset));
    const { ok, status, headers } = await sendTo(target, body);
    if (!ok) throw new Error(`part ${target.number} was answered ${status}`);
    sent.push({ number: target.number, etag: headers.get('etag') ?? '' });
  }
  return sent;
}
