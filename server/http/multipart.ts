import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import busboy from 'busboy';
import { Upload, type FileUpload } from 'graphql-upload-minimal';
import { EarshotError, errors } from '../errors.js';

export interface MultipartLimits {
  /** Bytes of `operations` and of `map`, each. */
  fieldBytes: number;
  /** Bytes of the file. */
  fileBytes: number;
}

/** What the library's type leaves out. */
type PendingUpload = Upload & { resolve(file: FileUpload): void; reject(error: Error): void };

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
 * Stricter than the specification: one operation, one file, in one place below `variables` that holds null. Upload and
 * its scalar are graphql-upload-minimal's; its own parser walks any path of the map, inherited properties too, and
 * lets a file that is too long end as if it were whole.
 */
export function readMultipart(req: AnsweredRequest, limits: MultipartLimits): Promise<Operations> {
  return new Promise((resolve, reject) => {
    const parser = createParser(req, limits);
    const upload = new Upload() as PendingUpload;
    let operations: Operations | undefined;
    let mapped: string | undefined;
    let file: Readable | undefined;

    const passOver = (): void => {
      req.unpipe(parser);
      req.resume();
    };
    const fail = (error: unknown): void => {
      const refusal =
        error instanceof EarshotError ? error : errors.badRequest('The multipart body is damaged.');
      reject(refusal);
      upload.reject(refusal);
      file?.destroy(refusal);
      passOver();
    };
    parser.on('field', (name, value, info) => {
      try {
        if (info.valueTruncated) throw errors.tooLarge(name, limits.fieldBytes);
        if (name === 'operations' && !operations) operations = parseOperations(value);
        else if (name === 'map' && operations && mapped === undefined) {
          mapped = placeUpload(operations, value, upload);
          resolve(operations);
        } else throw errors.badRequest('Send operations, then map, then the file.');
      } catch (error) {
        fail(error);
      }
    });
    parser.on('file', (name, stream, info) => {
      file = stream;
      stream.on('error', () => undefined).once('close', passOver);
      if (mapped === undefined || name !== mapped)
        return fail(errors.badRequest('Send operations, then map, then the file that the map names.'));
      stream.once('limit', () => stream.destroy(errors.tooLarge('file', limits.fileBytes)));
      upload.resolve(toFile(name, stream, info));
    });
    parser.once('error', fail);
    parser.once('close', () => fail(errors.badRequest('The multipart body has no file.')));
    req.once('close', () => {
      if (!req.readableEnded) fail(errors.badRequest('The connection ended before the file did.'));
    });
    // An operation may be answered without a look at its file.
    req.res?.once('close', () => file?.destroy());
    req.pipe(parser);
  });
}

function createParser(req: IncomingMessage, { fieldBytes, fileBytes }: MultipartLimits): busboy.Busboy {
  try {
    // The parser takes a file that just reaches its limit for one that passed it.
    const limits = { fieldSize: fieldBytes, fields: 2, fileSize: fileBytes + 1, files: 1, parts: 3 };
    return busboy({ headers: req.headers, defParamCharset: 'utf8', limits });
  } catch {
    throw errors.badRequest('The Content-Type is no multipart/form-data with a boundary.');
  }
}

function parseOperations(text: string): Operations {
  const value = parseJson('operations', text);
  if (!isRecord(value) || typeof value['query'] !== 'string' || !isRecord(value['variables'])) {
    throw errors.badRequest('operations must be one operation with query and variables.');
  }
  return { ...value, variables: value['variables'] };
}

/** Puts the upload where the map says, and answers the name of the part that will bring it. */
function placeUpload(operations: Operations, text: string, upload: Upload): string {
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
  target[last] = upload;
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

function toFile(fieldName: string, stream: Readable, info: busboy.FileInfo): FileUpload {
  return {
    fieldName,
    filename: info.filename ?? '',
    mimetype: info.mimeType,
    encoding: info.encoding,
    createReadStream: () => stream as ReturnType<FileUpload['createReadStream']>,
  };
}
