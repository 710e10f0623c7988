import { Field, ID, InputType, Int, registerEnumType } from 'type-graphql';
import { enumOf } from '../graphql/enums.js';
import { SafeInt } from '../graphql/scalars.js';
import { UploadScalar, type IncomingFile } from '../graphql/upload-scalar.js';
import { UPLOAD_STRATEGIES } from './upload-session.entity.js';

export const REQUESTED_STRATEGIES = ['AUTO', ...UPLOAD_STRATEGIES] as const;
export type RequestedStrategy = (typeof REQUESTED_STRATEGIES)[number];

export const UploadStrategyEnum = enumOf(REQUESTED_STRATEGIES);
registerEnumType(UploadStrategyEnum, {
  name: 'UploadStrategy',
  description: 'How the bytes travel.',
  valuesConfig: {
    AUTO: {
      description:
        'The server chooses: PUT up to 8 MiB; above, MULTIPART on S3 and CHUNKED on local storage.',
    },
    PUT: { description: 'One request to a signed URL.' },
    MULTIPART: { description: 'Parts to signed URLs of S3. Not with local storage.' },
    CHUNKED: { description: 'appendChunk, as often as it takes: survives any network.' },
  },
});

const CALL = 'Exactly one of callLogId and catiCallId.';

@InputType('RequestUploadInput', { description: CALL })
export class RequestUploadInput {
  @Field(() => ID, { nullable: true, description: CALL })
  callLogId?: string | null;

  @Field(() => ID, { nullable: true, description: CALL })
  catiCallId?: string | null;

  @Field(() => SafeInt, { description: 'Bytes of the whole file.' })
  byteSize!: number;

  @Field(() => String, { nullable: true, description: 'What the client takes it for. The bytes decide.' })
  contentType?: string | null;

  @Field(() => String, { nullable: true, description: 'For people; at most 255 characters.' })
  filename?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Of the whole file, in hex. What arrives is checked against it.',
  })
  sha256?: string | null;

  @Field(() => UploadStrategyEnum, { defaultValue: 'AUTO', description: 'How the bytes shall travel.' })
  strategy!: RequestedStrategy;

  @Field(() => String, {
    nullable: true,
    description: 'The same key again answers the upload that it opened. At most 200 characters.',
  })
  idempotencyKey?: string | null;
}

@InputType('AppendChunkInput', { description: 'Offset is checked before the hash.' })
export class AppendChunkInput {
  @Field(() => ID, { description: 'An OPEN upload that goes by chunks.' })
  uploadId!: string;

  @Field(() => SafeInt, { description: 'Where the chunk begins: receivedBytes.' })
  offset!: number;

  @Field(() => UploadScalar, { description: '1 byte to 16 MiB.' })
  chunk!: Promise<IncomingFile>;

  @Field(() => String, {
    nullable: true,
    description: 'Of the chunk, in hex. A chunk that differs changes nothing.',
  })
  sha256?: string | null;
}

@InputType('UploadedPartInput', { description: 'MULTIPART: a part that was sent.' })
export class UploadedPartInput {
  @Field(() => Int, { description: '1 to 10,000.' })
  number!: number;

  @Field(() => String, { description: 'As the store answered it.' })
  etag!: string;
}

@InputType('FinalizeUploadInput', { description: 'Ends the sending of an upload.' })
export class FinalizeUploadInput {
  @Field(() => ID, { description: 'The upload whose bytes are all there.' })
  uploadId!: string;

  @Field(() => String, {
    nullable: true,
    description: 'Of the whole file, in hex; must not contradict what requestUpload gave.',
  })
  sha256?: string | null;

  @Field(() => [UploadedPartInput], { nullable: true, description: 'MULTIPART only.' })
  parts?: UploadedPartInput[] | null;
}

@InputType('CancelUploadInput', { description: 'Gives an upload up.' })
export class CancelUploadInput {
  @Field(() => ID, { description: 'An OPEN upload.' })
  uploadId!: string;
}

@InputType('UploadRecordingInput', { description: CALL })
export class UploadRecordingInput {
  @Field(() => ID, { nullable: true, description: CALL })
  callLogId?: string | null;

  @Field(() => ID, { nullable: true, description: CALL })
  catiCallId?: string | null;

  @Field(() => UploadScalar, { description: 'The whole file.' })
  file!: Promise<IncomingFile>;

  @Field(() => String, { nullable: true, description: 'Of the whole file, in hex.' })
  sha256?: string | null;
}
