import { ArgsType, Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { FAILURE_RETRYABLE, type FailureCode } from '../errors.js';
import { enumOf } from '../graphql/enums.js';
import { NodeType } from '../graphql/node.type.js';
import { DateTime, SafeInt } from '../graphql/scalars.js';
import { DISPOSITIONS, VARIANTS, type Disposition, type Variant } from './playback-links.js';
import {
  RECORDING_FLAGS,
  RECORDING_STATUSES,
  type RecordingFlag,
  type RecordingStatus,
} from './recording.entity.js';

export const RecordingStatusEnum = enumOf(RECORDING_STATUSES);
registerEnumType(RecordingStatusEnum, {
  name: 'RecordingStatus',
  description: 'Where a recording is on its way into the store.',
  valuesConfig: {
    EXPECTED: { description: 'There should be one; nothing was tried yet.' },
    PENDING: { description: 'Being fetched or verified, or waiting for a planned try.' },
    UPLOADED: { description: 'Stored and verified: length, SHA-256, audio by its bytes.' },
    FAILED: { description: 'Gave up, for now or for good: see error.' },
    DELETED: { description: 'Gone at its source, or removed by a person or a rule: see error.' },
  },
});

export const RecordingFlagEnum = enumOf(RECORDING_FLAGS);
registerEnumType(RecordingFlagEnum, {
  name: 'RecordingFlag',
  description: 'What a listener should know beforehand.',
  valuesConfig: {
    SILENT: { description: 'Nothing is to be heard.' },
    SHORT: { description: 'Lasts less than 3 seconds.' },
    DUPLICATE: { description: 'Another recording has the very same bytes.' },
  },
});

export const RecordingVariantEnum = enumOf(VARIANTS);
registerEnumType(RecordingVariantEnum, {
  name: 'RecordingVariant',
  description: 'Which bytes of a recording.',
  valuesConfig: {
    PLAYBACK: { description: 'The copy that plays everywhere where one was made, else the original.' },
    ORIGINAL: { description: 'What was recorded, byte for byte.' },
  },
});

export const DispositionEnum = enumOf(DISPOSITIONS);
registerEnumType(DispositionEnum, {
  name: 'Disposition',
  description: 'Whether a browser plays a link or saves it.',
  valuesConfig: { INLINE: { description: 'Play.' }, ATTACHMENT: { description: 'Save as a file.' } },
});

export const FailureCodeEnum = enumOf(Object.keys(FAILURE_RETRYABLE) as FailureCode[]);
registerEnumType(FailureCodeEnum, {
  name: 'FailureCode',
  description: "Why a recording, an upload or a run's item is not stored.",
});

@ObjectType('SignedUrl', {
  simpleResolvers: true,
  description: 'A link that needs no token until it expires.',
})
export class SignedUrlType {
  @Field(() => String)
  url!: string;

  @Field(() => DateTime, { description: 'Good to this second.' })
  expiresAt!: Date;
}

@ObjectType('Failure', { simpleResolvers: true, description: 'Why something is not stored.' })
export class FailureType {
  @Field(() => FailureCodeEnum)
  code!: FailureCode;

  @Field(() => String, { description: 'For people: what happened and what to do.' })
  message!: string;

  @Field(() => Boolean, { description: 'Whether trying again may help.' })
  retryable!: boolean;

  @Field(() => DateTime)
  at!: string;
}

@ArgsType()
export class RecordingUrlArgs {
  @Field(() => Int, { nullable: true, defaultValue: 900, description: '60 to 3600 seconds.' })
  expiresInSeconds!: number | null;

  @Field(() => DispositionEnum, { nullable: true, defaultValue: 'INLINE' })
  disposition!: Disposition | null;

  @Field(() => RecordingVariantEnum, { nullable: true, defaultValue: 'PLAYBACK' })
  variant!: Variant | null;
}

@ObjectType('Recording', {
  implements: NodeType,
  simpleResolvers: true,
  description: 'The one current recording of a call.',
})
export class RecordingType extends NodeType {
  @Field(() => RecordingStatusEnum)
  status!: RecordingStatus;

  @Field(() => String, {
    nullable: true,
    description: 'Of the original, as are codec, byteSize, durationMs and sha256.',
  })
  contentType!: string | null;

  @Field(() => String, { nullable: true })
  codec!: string | null;

  @Field(() => SafeInt, { nullable: true, description: 'Bytes.' })
  byteSize!: number | null;

  @Field(() => Int, { nullable: true, description: 'Milliseconds.' })
  durationMs!: number | null;

  @Field(() => String, { nullable: true, description: 'Lower-case hex.' })
  sha256!: string | null;

  @Field(() => DateTime, { nullable: true })
  uploadedAt!: string | null;

  @Field(() => DateTime, { nullable: true, description: 'When the provider is thought to delete its copy.' })
  sourceExpiresAt!: string | null;

  @Field(() => Int, { description: 'Tries to store it so far.' })
  attempts!: number;

  @Field(() => DateTime, { nullable: true })
  nextAttemptAt!: string | null;

  @Field(() => FailureType, { nullable: true })
  error!: FailureType | null;

  @Field(() => [RecordingFlagEnum])
  flags!: RecordingFlag[];

  /** Not in the schema as it stands here: Recording.path shows it to admins only. */
  recordingPath!: string | null;
}
