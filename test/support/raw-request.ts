import { request, type Agent, type ClientRequest, type IncomingHttpHeaders } from 'node:http';
import { buffer } from 'node:stream/consumers';

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

export interface RawOptions {
  method?: string | undefined;
  headers?: Record<string, string | number> | undefined;
  /** Without one, each request has a connection of its own. */
  agent?: Agent | undefined;
}

/** A request whose body the caller writes by hand, slowly, or breaks off. `answer` may come before the body's end. */
export function begin(
  url: string,
  options: RawOptions = {},
): { req: ClientRequest; answer: Promise<Answer> } {
  const { method = 'GET', headers = {}, agent } = options;
  const req = request(url, { method, headers, agent: agent ?? false });
  const answer = new Promise<Answer>((resolve, reject) => {
    req.on('error', reject);
    req.on('response', (res) => {
      const { statusCode: status = 0 } = res;
      buffer(res).then((body) => resolve({ status, headers: res.headers, body }), reject);
    });
  });
  // Whoever breaks a request off need not ask for its answer.
  answer.catch(() => undefined);
  req.flushHeaders();
  return { req, answer };
}

/** One HTTP request, with nothing in it that `fetch` would add or forbid. */
export async function send(
  url: string,
  body: Uint8Array = Buffer.alloc(0),
  options: RawOptions = {},
): Promise<Answer> {
  const { req, answer } = begin(url, options);
  if (body.length > 0) req.write(body);
  req.end();
  return answer;
}

export interface Part {
  name: string;
  value: string | Uint8Array;
  /** A part with one is a file. */
  filename?: string | undefined;
}

const BOUNDARY = 'earshot-test-boundary';
export const MULTIPART_TYPE = `multipart/form-data; boundary=${BOUNDARY}`;

/** A multipart/form-data body, its parts in any order and of any kind. */
export function multipartBody(parts: readonly Part[], end = `--${BOUNDARY}--\r\n`): Buffer {
  const written = parts.flatMap(({ name, value, filename }) => [
    Buffer.from(`--${BOUNDARY}\r\n`),
    Buffer.from(
      filename === undefined
        ? `Content-Disposition: form-data; name="${name}"\r\n\r\n`
        : `Content-Disposition: form-data; name="${name}"; filename="${filename}"\r\nContent-Type: application/octet-stream\r\n\r\n`,
    ),
    Buffer.from(value),
    Buffer.from('\r\n'),
  ]);
  return Buffer.concat([...written, Buffer.from(end)]);
}

/** A GraphQL multipart request with one file at `variables.input.<field>`, up to the file's first byte and behind its last. */
export function graphqlForm(query: string, input: object, field: string): { head: Buffer; tail: Buffer } {
  const parts = [
    {
      name: 'operations',
      value: JSON.stringify({ query, variables: { input: { ...input, [field]: null } } }),
    },
    { name: 'map', value: JSON.stringify({ 0: [`variables.input.${field}`] }) },
    { name: '0', value: '', filename: 'call' },
  ];
  const whole = multipartBody(parts);
  const cut = whole.length - Buffer.byteLength(`\r\n--${BOUNDARY}--\r\n`);
  return { head: whole.subarray(0, cut), tail: whole.subarray(cut) };
}

/** The headers that every multipart request of a signed-in client has. */
export function formHeaders(token: string): Record<string, string> {
  return {
    'content-type': MULTIPART_TYPE,
    'apollo-require-preflight': 'true',
    authorization: `Bearer ${token}`,
  };
}
