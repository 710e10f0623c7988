import { GraphQLEnumType, GraphQLSchema } from 'graphql';
import { ERROR_STATUS, type ErrorCode } from '../errors.js';

const DESCRIPTIONS: Readonly<Record<ErrorCode, string>> = {
  BAD_REQUEST: 'The request could not be read.',
  GRAPHQL_PARSE_FAILED: 'The document is no GraphQL.',
  GRAPHQL_VALIDATION_FAILED: 'The document does not fit this schema.',
  PERSISTED_QUERY_NOT_FOUND: 'No query is known by this hash.',
  QUERY_TOO_COMPLEX: 'The document asks for more than one request may.',
  BAD_USER_INPUT: 'A value is not acceptable; `field` names it.',
  UNAUTHENTICATED: 'No token, or one that is no longer good.',
  FORBIDDEN: "The viewer's role may not do this.",
  NOT_FOUND: 'There is no such object, or the viewer may not see it.',
  CONFLICT: 'The state of the object does not allow this.',
  OFFSET_MISMATCH: 'The chunk does not begin where it must: `expectedOffset`.',
  CHUNK_DIFFERS: 'Other bytes are stored at this offset already.',
  CHECKSUM_MISMATCH: 'The bytes that arrived do not have the SHA-256 given.',
  UPLOAD_INCOMPLETE: 'Bytes are missing, from `expectedOffset` on.',
  PAYLOAD_TOO_LARGE: 'More bytes than `limit`.',
  UNSUPPORTED_MEDIA_TYPE: 'Not a kind of file that is accepted.',
  EXPIRED: 'The link or the upload is past its time.',
  QUOTA_EXCEEDED: 'The quota of the day, `limit` bytes, is used up.',
  RATE_LIMITED: 'Too many attempts: try again in `retryAfterSeconds`.',
  UNAVAILABLE: 'Something that the server needs does not answer: try again.',
  INTERNAL: 'A fault of the server: `requestId` names it in the log.',
};

const ErrorCodeEnum = new GraphQLEnumType({
  name: 'ErrorCode',
  description:
    'Why a request was refused: `extensions.code` of every GraphQL error, `code` of every HTTP problem.',
  values: Object.fromEntries(
    (Object.keys(ERROR_STATUS) as ErrorCode[]).map((code) => [
      code,
      { value: code, description: DESCRIPTIONS[code] },
    ]),
  ),
});

/** No field answers an error code, so that it would be left out: clients read it from the schema all the same. */
export function withErrorCodes(schema: GraphQLSchema): GraphQLSchema {
  const config = schema.toConfig();
  return new GraphQLSchema({ ...config, types: [...config.types, ErrorCodeEnum] });
}
