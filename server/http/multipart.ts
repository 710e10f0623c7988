import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { EarshotError, errors } from '../errors.js';
import { PendingFile } from '../graphql/upload-scalar.js';
import { markReceived } from '../storage/received-bytes.js';
import { formBoundary, FormDataParser, type PartHead, type PartSink } from './form-data.js';

export interface MultipartLimits {
  /** Bytes of `operations` and of `map`, each. */
  fieldBytes: number;
  /** Bytes of the file. */
  fileBytes: number;
}

interface Operations {
  variables: Record<string, unknown>;
}

/** As Express hands it on: with the response that will answer it. */
type AnsweredRequest = IncomingMessage & { res?: ServerResponse | undefined };

/**
 * Reads a GraphQL multipart request (graphql-multipart-request-spec, version 2) up to the beginning of its file, and
 * resolves with the operation, the file in its variables. The file is a stream: it flows while the operation runs.
 * What the operation leaves of it, and what stands behind it, is read and thrown away, so that the connection stays
 * usable.
 *
 * Stricter than the specification: one operation, one file, in one place below `variables` that holds null. A path of
 * the map leads along own properties only, and a file that is too long ends with an error, not as if it were whole.
 */
export function readMultipart(req: AnsweredRequest, limits: MultipartLimits): Promise<Operations> {
  const boundary = formBoundary(req.headers['content-type']);
  if (boundary === undefined)
    throw errors.badRequest('The Content-Type is no multipart/form-data with a boundary.');
  const form = new GraphqlForm(req, limits);
  form.read(boundary);
  return form.operations;
}

/** One request's parts as they arrive. */
class GraphqlForm implements PartSink {
  private readonly outcome = Promise.withResolvers<Operations>();
  private readonly pending = new PendingFile();
  private parsed: Operations | undefined;
  private mapped: string | undefined;
  private field = new FormField();
  private file: FormFile | undefined;
  /** The file has come, or nobody wants it any more: all further bytes are thrown away. */
  private isOver = false;

  constructor(
    private readonly req: AnsweredRequest,
    private readonly limits: MultipartLimits,
  ) {}

  get operations(): Promise<Operations> {
    return this.outcome.promise;
  }

  read(boundary: string): void {
    const parser = new FormDataParser(boundary, this);
    this.req.on('data', (bytes: Buffer) => {
      if (!this.isOver) this.write(parser, markReceived(bytes));
    });
    this.req.once('end', () => this.endEarly('The multipart body is damaged.'));
    this.req.once('close', () => this.endEarly('The connection ended before the file did.'));
    // An operation may be answered without a look at its file.
    this.req.res?.once('close', () => this.passOver());
  }

  begin({ name, filename, contentType }: PartHead): void {
    // Behind the file, in one piece with its end.
    if (this.isOver) return;
    if (this.mapped === undefined) {
      if (name !== this.expected) throw errors.badRequest('Send operations, then map, then the file.');
      this.field = new FormField();
      return;
    }
    if (name !== this.mapped)
      throw errors.badRequest('Send operations, then map, then the file that the map names.');
    const file = new FormFile(this.req, this.limits.fileBytes);
    file.once('close', () => this.passOver());
    this.file = file;
    this.pending.arrive({
      filename: filename ?? '',
      mimetype: contentType ?? 'application/octet-stream',
      createReadStream: () => file,
    });
  }

  bytes(bytes: Buffer): void {
    if (this.isOver) return;
    if (this.file) return this.file.receive(bytes);
    this.field.receive(bytes);
    if (this.field.byteSize > this.limits.fieldBytes)
      throw errors.tooLarge(this.expected, this.limits.fieldBytes);
  }

  end(): void {
    if (this.isOver) return;
    if (this.file) {
      this.file.push(null);
      this.isOver = true;
    } else if (!this.parsed) {
      this.parsed = parseOperations(this.field.text);
    } else {
      this.mapped = placeUpload(this.parsed, this.field.text, this.pending);
      this.outcome.resolve(this.parsed);
    }
  }

  /** The name of the field that must come next. */
  private get expected(): 'operations' | 'map' {
    return this.parsed ? 'map' : 'operations';
  }

  private write(parser: FormDataParser, bytes: Buffer): void {
    try {
      parser.write(bytes);
      if (parser.isDone && !this.file) throw errors.badRequest('The multipart body has no file.');
    } catch (error) {
      this.fail(error instanceof EarshotError ? error : errors.badRequest('The multipart body is damaged.'));
    }
  }

  /** Both events come at the end of every request too: an error that nobody hears would only cost its stack. */
  private endEarly(message: string): void {
    if (!this.isOver) this.fail(errors.badRequest(message));
  }

  private fail(refusal: EarshotError): void {
    if (this.isOver) return;
    this.outcome.reject(refusal);
    this.pending.fail(refusal);
    this.file?.destroy(refusal);
    this.passOver();
  }

  private passOver(): void {
    this.isOver = true;
    this.file?.destroy();
    this.req.resume();
  }
}

/** A part that is small enough to be kept. */
class FormField {
  byteSize = 0;
  private readonly parts: Buffer[] = [];

  get text(): string {
    return Buffer.concat(this.parts).toString('utf8');
  }

  receive(bytes: Buffer): void {
    this.parts.push(bytes);
    this.byteSize += bytes.length;
  }
}

/** The file's bytes; the request waits while nobody reads them. */
class FormFile extends Readable {
  private byteSize = 0;

  constructor(
    private readonly req: IncomingMessage,
    private readonly limit: number,
  ) {
    super();
    // Whoever reads it hears of an error too; nobody may have begun.
    this.on('error', () => undefined);
  }

  receive(bytes: Buffer): void {
    this.byteSize += bytes.length;
    if (this.byteSize > this.limit) this.destroy(errors.tooLarge('file', this.limit));
    else if (!this.push(bytes)) this.req.pause();
  }

  override _read(): void {
    this.req.resume();
  }
}

function parseOperations(text: string): Operations {
  const value = parseJson('operations', text);
  if (!isRecord(value) || typeof value['query'] !== 'string' || !isRecord(value['variables'])) {
    throw errors.badRequest('operations must be one operation with query and variables.');
  }
  return { ...value, variables: value['variables'] };
}

/** Puts the file to come where the map says, and answers the name of the part that will bring it. */
function placeUpload(operations: Operations, text: string, file: PendingFile): string {
  const map = parseJson('map', text);
  const [entry, ...others] = isRecord(map) ? Object.entries(map) : [];
  const paths = entry?.[1];
  if (!entry || others.length > 0 || !Array.isArray(paths) || paths.length !== 1)
    throw errors.badRequest('map must name one file for one place.');
  const path: unknown = paths[0];
  const [root, ...keys] = typeof path === 'string' ? path.split('.') : [];
  const last = keys.pop();
  if (root !== 'variables' || last === undefined || keys.length > 4)
    throw errors.badRequest('The map must point below variables.');
  const target = keys.reduce<unknown>(
    (at, key) => (isRecord(at) && Object.hasOwn(at, key) ? at[key] : undefined),
    operations.variables,
  );
  if (!isRecord(target) || !Object.hasOwn(target, last) || target[last] !== null)
    throw errors.badRequest('The map must point to a null in variables.');
  target[last] = file;
  return entry[0];
}

function parseJson(field: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw errors.badRequest(`${field} is not JSON.`);
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
