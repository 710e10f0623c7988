import { fromBytes, uploadInChunks, type EarshotClient, type FileSource } from '../../sdk/core/index.js';
import { UploadedPartsDocument, UploadPartsDocument } from '../../sdk/core/generated/operations.js';
import { sha256 } from '../support/fixtures.js';
import type { CutFetch } from './cut-fetch.js';

export interface Phone {
  readonly client: EarshotClient;
  readonly network: CutFetch;
}

/** One way for a file to the server. `send` resolves with how many pieces it took, once the upload is finalized. */
export interface Way {
  readonly name: string;
  send(phone: Phone, callLogId: string, filename: string, bytes: Buffer): Promise<number>;
}

/** Five chunks: the first is sent twice, as by a phone that missed the answer, and the third meets a tunnel. */
export const byChunks: Way = {
  name: 'CHUNKED',
  async send({ client, network }, callLogId, filename, bytes) {
    const { id } = await client.requestUpload({
      callLogId,
      byteSize: bytes.length,
      strategy: 'CHUNKED',
      filename,
    });
    const chunkSize = Math.ceil(bytes.length / 5);
    let reads = 0;
    const source: FileSource = {
      ...fromBytes(bytes),
      read: (offset, length) => {
        if (++reads === 3) network.arm();
        return fromBytes(bytes).read(offset, length);
      },
    };
    const first = bytes.subarray(0, chunkSize);
    for (let sent = 0; sent < 2; sent++)
      await client.appendChunk({ uploadId: id, offset: 0, chunk: first, sha256: sha256(first) });
    await uploadInChunks(client, id, source, { chunkSize });
    await client.finalizeUpload({ uploadId: id, sha256: sha256(bytes) });
    return Math.ceil(bytes.length / chunkSize);
  },
};

/** One request to the store itself, cut in its middle and sent again, and once more for an answer that was missed. */
export const byPut: Way = {
  name: 'PUT',
  async send(phone, callLogId, filename, bytes) {
    const { client } = phone;
    const hash = sha256(bytes);
    const { id, request } = await client.requestUpload({
      callLogId,
      byteSize: bytes.length,
      strategy: 'PUT',
      filename,
      sha256: hash,
    });
    if (!request) throw new Error('There is nothing to send.');
    await cutOnce(phone, request, bytes);
    await expectAnswer(phone, request, bytes, 200);
    await expectAnswer(phone, request, bytes, 412);
    await client.finalizeUpload({ uploadId: id, sha256: hash });
    return 1;
  },
};

/** Parts to the store itself. The first is cut in its middle; the store says what is still missing. */
export const byParts: Way = {
  name: 'MULTIPART',
  async send(phone, callLogId, filename, bytes) {
    const { client } = phone;
    const { id, chunkSize } = await client.requestUpload({
      callLogId,
      byteSize: bytes.length,
      strategy: 'MULTIPART',
      filename,
    });
    const count = Math.ceil(bytes.length / chunkSize);
    const bodyOf = (number: number): Buffer => bytes.subarray((number - 1) * chunkSize, number * chunkSize);
    const signed = async (numbers: number[]) =>
      (await client.request(UploadPartsDocument, { id, numbers })).upload?.parts ?? [];
    const [first] = await signed([1]);
    if (first) await cutOnce(phone, first, bodyOf(1));
    const there = new Set((await uploadedParts(client, id)).map(({ number }) => number));
    const missing = Array.from({ length: count }, (_, index) => index + 1).filter((n) => !there.has(n));
    for (const part of await signed(missing)) await expectAnswer(phone, part, bodyOf(part.number), 200);
    const parts = (await uploadedParts(client, id)).map(({ number, etag }) => ({ number, etag }));
    await client.finalizeUpload({ uploadId: id, sha256: sha256(bytes), parts });
    return parts.length;
  },
};

/** The whole file in one GraphQL request. */
export const simply: Way = {
  name: 'simple',
  async send({ client }, callLogId, filename, bytes) {
    await client.uploadRecording({ callLogId, file: new File([bytes], filename), sha256: sha256(bytes) });
    return 1;
  },
};

const uploadedParts = async (client: EarshotClient, id: string) =>
  (await client.request(UploadedPartsDocument, { id })).upload?.uploadedParts ?? [];

interface Target {
  readonly url: string;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
}

function put({ network }: Phone, { url, headers }: Target, body: Buffer): Promise<Response> {
  const own = headers.map(({ name, value }) => [name, value] as const);
  return network.fetch(url, { method: 'PUT', headers: Object.fromEntries(own), body: new Uint8Array(body) });
}

async function cutOnce(phone: Phone, target: Target, body: Buffer): Promise<void> {
  phone.network.arm();
  await put(phone, target, body).then(
    () => {
      throw new Error('The connection should have been cut.');
    },
    () => undefined,
  );
}

async function expectAnswer(phone: Phone, target: Target, body: Buffer, status: number): Promise<void> {
  const answer = await put(phone, target, body);
  if (answer.status !== status) throw new Error(`The store answered ${answer.status} in place of ${status}.`);
}
