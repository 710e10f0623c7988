import type { Readable } from 'node:stream';
import { GraphQLError, GraphQLScalarType } from 'graphql';

/** A file that a request brings. */
export interface IncomingFile {
  /** As its sender calls it; empty where it has no name. */
  filename: string;
  mimetype: string;
  /** The same stream each time. */
  createReadStream(): Readable;
}

/** Stands in an operation's variables for the file that the request brings behind them. */
export class PendingFile {
  private readonly arrival = Promise.withResolvers<IncomingFile>();

  constructor() {
    // An operation that fails before it looks at its file does not ask for it.
    this.arrival.promise.catch(() => undefined);
  }

  get file(): Promise<IncomingFile> {
    return this.arrival.promise;
  }

  arrive(file: IncomingFile): void {
    this.arrival.resolve(file);
  }

  fail(error: Error): void {
    this.arrival.reject(error);
  }
}

/** Resolvers get the promise of a file. */
export const UploadScalar = new GraphQLScalarType<Promise<IncomingFile>, never>({
  name: 'Upload',
  description: 'A file, sent by a multipart request (graphql-multipart-request-spec).',
  parseValue: (value) => {
    if (value instanceof PendingFile) return value.file;
    throw new GraphQLError('A file is sent by a multipart request, whose map points to a null here.');
  },
  parseLiteral: (node) => {
    throw new GraphQLError('A file can only be a variable.', { nodes: node });
  },
  serialize: () => {
    throw new GraphQLError('A file is never answered.');
  },
});
