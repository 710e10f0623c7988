/** The client, in a process of its own: uploads a number of files chunk by chunk and tells the time of each chunk. */
import { Readable } from 'node:stream';
import { Pool } from 'undici';

export interface UploadLoad {
  /** Of any page of the server. */
  url: string;
  api: 'appendChunk' | 'tus';
  token: string;
  /** An upload for each of them. */
  callLogIds: readonly string[];
  /** Uploads under way at a time. */
  connections: number;
  /** Bytes of each chunk, and chunks of each file. */
  chunkBytes: number;
  chunks: number;
}

export interface UploadResult {
  seconds: number;
  /** Milliseconds from each chunk's first byte to its answer. */
  times: readonly number[];
}

const APPEND = `mutation ($input: AppendChunkInput!) { appendChunk(input: $input) { upload { receivedBytes } } }`;
/** As long as those that `fetch` makes: the search for it costs the less, the longer it is. */
const BOUNDARY = '----formdata-undici-031415926535';

class Uploads {
  readonly times: number[] = [];
  private readonly headers: Record<string, string>;
  private readonly first: Buffer;
  private readonly later: Buffer;

  constructor(
    private readonly pool: Pool,
    private readonly load: UploadLoad,
  ) {
    this.headers = { authorization: `Bearer ${load.token}`, 'tus-resumable': '1.0.0' };
    this.later = Buffer.alloc(load.chunkBytes, 'noise of a call');
    this.first = Buffer.from(this.later);
    this.first.write(
      'RIFF\xff\xff\xff\x7fWAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x80\x3e\0\0\x02\0\x10\0data',
      'latin1',
    );
  }

  async upload(callLogId: string): Promise<void> {
    const path = await this.create(callLogId);
    const { chunks, chunkBytes } = this.load;
    for (let n = 0; n < chunks; n++) {
      const chunk = n === 0 ? this.first : this.later;
      const started = performance.now();
      const offset =
        this.load.api === 'tus'
          ? await this.patch(path, n * chunkBytes, chunk)
          : await this.append(path, n * chunkBytes, chunk);
      this.times.push(performance.now() - started);
      if (offset !== (n + 1) * chunkBytes) throw new Error(`${path} is at ${offset} after chunk ${n}`);
    }
  }

  /** A byte longer than what will be sent: chunks are measured, not what becomes of a file. */
  private async create(callLogId: string): Promise<string> {
    const { statusCode, headers, body } = await this.pool.request({
      path: '/tus',
      method: 'POST',
      headers: {
        ...this.headers,
        'upload-length': String(this.load.chunks * this.load.chunkBytes + 1),
        'upload-metadata': `callLogId ${Buffer.from(callLogId).toString('base64')}`,
      },
    });
    const text = await body.text();
    if (statusCode !== 201) throw new Error(`${statusCode} ${text}`);
    return new URL(String(headers['location']), this.load.url).pathname;
  }

  private async patch(path: string, offset: number, chunk: Buffer): Promise<number> {
    const { statusCode, headers, body } = await this.pool.request({
      path,
      method: 'PATCH',
      headers: {
        ...this.headers,
        'content-type': 'application/offset+octet-stream',
        'upload-offset': String(offset),
      },
      body: chunk,
    });
    const text = await body.text();
    if (statusCode !== 204) throw new Error(`${statusCode} ${text}`);
    return Number(headers['upload-offset']);
  }

  /** As graphql-multipart-request-spec has it. */
  private async append(path: string, offset: number, chunk: Buffer): Promise<number> {
    const input = { uploadId: path.split('/').at(-1), offset, chunk: null };
    const head = Buffer.from(
      part('operations', JSON.stringify({ query: APPEND, variables: { input } })) +
        part('map', '{"0":["variables.input.chunk"]}') +
        `--${BOUNDARY}\r\nContent-Disposition: form-data; name="0"; filename="chunk"\r\n\r\n`,
    );
    const parts = [head, chunk, Buffer.from(`\r\n--${BOUNDARY}--\r\n`)];
    const { statusCode, body } = await this.pool.request({
      path: '/graphql',
      method: 'POST',
      headers: {
        ...this.headers,
        'content-type': `multipart/form-data; boundary=${BOUNDARY}`,
        'content-length': String(parts.reduce((sum, { length }) => sum + length, 0)),
        'apollo-require-preflight': 'true',
      },
      body: Readable.from(parts),
    });
    const text = await body.text();
    const { data } = JSON.parse(text) as { data?: { appendChunk: { upload: { receivedBytes: number } } } };
    if (statusCode !== 200 || !data) throw new Error(`${statusCode} ${text}`);
    return data.appendChunk.upload.receivedBytes;
  }
}

function part(name: string, value: string): string {
  return `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
}

async function run(load: UploadLoad): Promise<UploadResult> {
  const pool = new Pool(new URL(load.url).origin, { connections: load.connections, pipelining: 1 });
  const uploads = new Uploads(pool, load);
  const waiting = load.callLogIds.values();
  const connection = async (): Promise<void> => {
    for (const callLogId of waiting) await uploads.upload(callLogId);
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: load.connections }, connection));
  const seconds = (performance.now() - started) / 1000;
  await pool.close();
  return { seconds, times: uploads.times };
}

process.on('message', (load: UploadLoad) => {
  run(load).then(
    (result) => process.send?.({ result }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
