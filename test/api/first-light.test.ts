import { uploadInChunks, fromBytes, type EarshotClient } from '../../sdk/core/index.js';
import { CALLS, fixture, sha256 } from '../support/fixtures.js';
import { TestApp } from '../support/test-app.js';

let app: TestApp;
let client: EarshotClient;
let leadId: string;

beforeAll(async () => {
  app = await TestApp.start();
  const telecaller = await app.make.user('TELECALLER');
  leadId = (await app.make.lead(telecaller)).id;
  client = await app.client(telecaller);
});

afterAll(() => app[Symbol.asyncDispose]());

it.each(CALLS)(
  '$file: logged, uploaded by chunks, verified, and played back byte for byte',
  async ({ file, contentType, codec }) => {
    const bytes = await fixture(file);
    const callLog = await client.logCall({ leadId, outcome: 'CONNECTED', durationSeconds: 33 });
    const upload = await client.requestUpload({
      callLogId: callLog.id,
      byteSize: bytes.length,
      strategy: 'CHUNKED',
    });
    await uploadInChunks(client, upload.id, fromBytes(bytes), { chunkSize: Math.ceil(bytes.length / 4) });
    const finalized = await app.beforeStoring(() =>
      client.finalizeUpload({ uploadId: upload.id, sha256: sha256(bytes) }),
    );
    expect(finalized.status).toBe('FINALIZING');
    await app.ingested(upload.id);

    const { recording } = await client.callLog(callLog.id);
    expect(recording).toMatchObject({
      status: 'UPLOADED',
      contentType,
      codec,
      byteSize: bytes.length,
      sha256: sha256(bytes),
    });
    const played = await fetch(recording?.url?.url ?? '');
    expect(played.headers.get('content-type')).toBe(contentType);
    expect(sha256(new Uint8Array(await played.arrayBuffer()))).toBe(sha256(bytes));
  },
);
