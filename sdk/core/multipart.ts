import type { BlobLike, FileInput, FileReference, FormDataLike, Platform } from './platform.js';

/** The variables with each file replaced by null, and each file with the paths where it stood. */
export interface ExtractedFiles {
  readonly variables: unknown;
  readonly files: ReadonlyMap<FileInput, readonly string[]>;
}

/** Not by instanceof: bytes may come from another realm, such as a frame or a worker. */
const isBytes = (value: object): value is Uint8Array => ArrayBuffer.isView(value);

const isBlob = (value: object): value is BlobLike =>
  'size' in value && 'slice' in value && typeof value.size === 'number' && typeof value.slice === 'function';

const isFileReference = (value: object): value is FileReference =>
  'uri' in value && 'name' in value && 'type' in value && typeof value.uri === 'string';

const isFile = (value: object): value is FileInput =>
  isBytes(value) || isBlob(value) || isFileReference(value);

/** Dates and the like are left to JSON. */
function isPlainObject(value: object): value is Record<string, unknown> {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

export function extractFiles(variables: unknown): ExtractedFiles {
  const files = new Map<FileInput, string[]>();
  const walk = (value: unknown, path: string): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    if (isFile(value)) {
      files.set(value, [...(files.get(value) ?? []), path]);
      return null;
    }
    if (Array.isArray(value)) return value.map((item, index) => walk(item, `${path}.${index}`));
    if (!isPlainObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, walk(item, `${path}.${key}`)]),
    );
  };
  return { variables: walk(variables, 'variables'), files };
}

function nameOf(file: FileInput): string {
  return 'name' in file && typeof file.name === 'string' && file.name !== '' ? file.name : 'blob';
}

/**
 * The body of a GraphQL multipart request: `operations`, then `map`, then the files, in the order that the
 * specification demands (jaydenseric/graphql-multipart-request-spec, version 2).
 */
export function multipartBody(
  platform: Pick<Platform, 'FormData' | 'Blob'>,
  operations: Readonly<Record<string, unknown>>,
  files: ExtractedFiles['files'],
): FormDataLike {
  const form = new platform.FormData();
  const entries = [...files].map(([file, paths], index) => ({ key: String(index), file, paths }));
  form.append('operations', JSON.stringify(operations));
  form.append('map', JSON.stringify(Object.fromEntries(entries.map(({ key, paths }) => [key, paths]))));
  for (const { key, file } of entries) {
    const type = 'application/octet-stream';
    if (isBytes(file)) form.append(key, new platform.Blob([file], { type }), 'blob');
    else if (isBlob(file)) form.append(key, file, nameOf(file));
    else form.append(key, file);
  }
  return form;
}
