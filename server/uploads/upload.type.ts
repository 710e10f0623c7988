import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { enumOf } from '../graphql/enums.js';
import { NodeType } from '../graphql/node.type.js';
import { DateTime, SafeInt } from '../graphql/scalars.js';
import { FailureType, RecordingType } from '../recordings/recording.type.js';
import { UPLOAD_STATUSES, type UploadStatus, type UploadStrategy } from './upload-session.entity.js';
import { UploadStrategyEnum } from './upload.inputs.js';

export const UploadStatusEnum = enumOf(UPLOAD_STATUSES);
registerEnumType(UploadStatusEnum, {
  name: 'UploadStatus',
  description: 'How far an upload has come.',
  valuesConfig: {
    OPEN: { description: 'Takes bytes.' },
    FINALIZING: { description: 'All bytes are there and are being verified.' },
    COMPLETED: { description: 'The recording is UPLOADED.' },
    FAILED: { description: 'The bytes were refused: see error.' },
    CANCELLED: { description: 'Given up by its owner, or replaced by a newer upload.' },
    EXPIRED: { description: 'No byte came for too long.' },
  },
});

@ObjectType('HttpHeader', { simpleResolvers: true, description: 'A header of a request to send.' })
export class HttpHeaderType {
  @Field(() => String, { description: 'As HTTP spells it.' })
  name!: string;

  @Field(() => String, { description: 'To be sent as it stands.' })
  value!: string;
}

@ObjectType('PresignedRequest', {
  simpleResolvers: true,
  description: 'A request to send as it stands, with the file as its body.',
})
export class PresignedRequestType {
  @Field(() => String, { description: 'The HTTP method.' })
  method!: string;

  @Field(() => String, { description: 'Signed: needs no token, and no other.' })
  url!: string;

  @Field(() => [HttpHeaderType], { description: 'Every one must be sent: they are part of the signature.' })
  headers!: HttpHeaderType[];

  @Field(() => DateTime, { description: 'Ask for the upload again after this.' })
  expiresAt!: Date;
}

@ObjectType('PresignedPart', { simpleResolvers: true, description: 'Where one part goes.' })
export class PresignedPartType {
  @Field(() => Int, { description: '1 to 10,000: the place of the part in the file.' })
  number!: number;

  @Field(() => String, { description: 'Where to PUT the bytes of the part.' })
  url!: string;

  @Field(() => [HttpHeaderType], { description: 'Every one must be sent: they are part of the signature.' })
  headers!: HttpHeaderType[];

  @Field(() => DateTime, { description: 'Ask for the part again after this.' })
  expiresAt!: Date;
}

@ObjectType('UploadedPart', { simpleResolvers: true, description: 'A part that the store has.' })
export class UploadedPartType {
  @Field(() => Int, { description: '1 to 10,000: the place of the part in the file.' })
  number!: number;

  @Field(() => String, { description: 'As finalizeUpload wants it back.' })
  etag!: string;

  @Field(() => SafeInt, { description: 'Bytes of the part.' })
  byteSize!: number;
}

@ObjectType('UploadSession', {
  implements: NodeType,
  simpleResolvers: true,
  description: 'One upload of one recording.',
})
export class UploadSessionType extends NodeType {
  @Field(() => UploadStatusEnum, { description: 'How far it has come.' })
  status!: UploadStatus;

  @Field(() => UploadStrategyEnum, {
    description: 'How the bytes travel: never AUTO, the server has chosen.',
  })
  strategy!: UploadStrategy;

  @Field(() => SafeInt, { description: 'Bytes of the whole file.' })
  byteSize!: number;

  @Field(() => SafeInt, {
    description:
      'Bytes that are safely there: where the next chunk begins. 0 until finalizeUpload where they go to S3 itself.',
  })
  receivedBytes!: number;

  @Field(() => Int, {
    description:
      'The chunk size that the server suggests, in bytes. MULTIPART: what each part has, and the last one at most.',
  })
  chunkSize!: number;

  @Field(() => DateTime, { description: '24 hours after the last byte.' })
  expiresAt!: string;

  @Field(() => RecordingType, { nullable: true, simple: false, description: 'From finalizeUpload on.' })
  recording?: RecordingType | null;

  @Field(() => FailureType, { nullable: true, description: 'Why it FAILED.' })
  error!: FailureType | null;

  /** Not in the schema: whose it is, and what it needs to go on. */
  userId!: string;
  callLogId!: string | null;
  catiCallId!: string | null;
  recordingId!: string | null;
  objectKey!: string | null;
  multipartId!: string | null;
  contentType!: string | null;
  filename!: string | null;
  /** byteSize is only a bound so far. */
  lengthDeferred!: boolean;
  sha256!: string | null;
}
