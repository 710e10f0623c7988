import { ArgsType, Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { FAILURE_RETRYABLE, type FailureCode } from '../errors.js';
import { enumOf } from '../graphql/enums.js';
import { NodeType } from '../graphql/node.type.js';
import { DateTime, SafeInt } from '../graphql/scalars.js';
import { DISPOSITIONS, type Disposition } from './playback-links.js';
import { VARIANTS, type Variant } from './recording-variant.js';
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
  valuesConfig: {
    NOT_READY: { description: 'The provider does not have it yet: asked for again.' },
    NOT_FOUND_UNCONFIRMED: {
      description: 'The provider does not know it, and has not said that it is gone.',
    },
    GONE_AT_SOURCE: { description: 'The provider has deleted it, or never had it.' },
    REMOVED: { description: 'Deleted here, by a person or a rule.' },
    SOURCE_REFUSED: { description: 'The provider refused this one recording.' },
    SOURCE_UNREACHABLE: { description: 'The provider could not be reached.' },
    SOURCE_TIMEOUT: { description: 'The provider was too slow.' },
    SOURCE_RATE_LIMITED: { description: 'The provider asked to be asked less often.' },
    SOURCE_BLOCKED: { description: 'The address of the source may not be fetched.' },
    NOT_AUDIO: { description: 'The bytes are no audio, whatever they are called.' },
    EMPTY: { description: 'Not a single byte came.' },
    TRUNCATED: { description: 'The bytes end too early.' },
    TOO_LARGE: { description: 'More bytes than are accepted.' },
    CHECKSUM_MISMATCH: { description: 'The bytes do not have the SHA-256 given.' },
    STORAGE_UNAVAILABLE: { description: 'The store could not take it.' },
    STORED_COPY_DAMAGED: { description: 'The stored copy is missing, or not what was stored.' },
    CONFLICT: { description: 'Another recording of the same call was stored first.' },
    INTERNAL: { description: 'A fault of the server.' },
  },
});

@ObjectType('SignedUrl', {
  simpleResolvers: true,
  description: 'A link that needs no token until it expires.',
})
export class SignedUrlType {
  @Field(() => String, { description: 'Answers GET, also of a Range.' })
  url!: string;

  @Field(() => DateTime, { description: 'Good to this second.' })
  expiresAt!: Date;
}

@ObjectType('Failure', { simpleResolvers: true, description: 'Why something is not stored.' })
export class FailureType {
  @Field(() => FailureCodeEnum, { description: 'For programs.' })
  code!: FailureCode;

  @Field(() => String, { description: 'For people: what happened and what to do.' })
  message!: string;

  @Field(() => Boolean, { description: 'Whether trying again may help.' })
  retryable!: boolean;

  @Field(() => DateTime, { description: 'When it happened.' })
  at!: string;
}

@ArgsType()
export class RecordingUrlArgs {
  @Field(() => Int, { nullable: true, defaultValue: 900, description: '60 to 3600 seconds.' })
  expiresInSeconds!: number | null;

  @Field(() => DispositionEnum, {
    nullable: true,
    defaultValue: 'INLINE',
    description: 'Whether a browser plays it or saves it.',
  })
  disposition!: Disposition | null;

  @Field(() => RecordingVariantEnum, {
    nullable: true,
    defaultValue: 'PLAYBACK',
    description: 'Which bytes.',
  })
  variant!: Variant | null;
}

@ObjectType('Recording', {
  implements: NodeType,
  simpleResolvers: true,
  description: 'The one current recording of a call.',
})
export class RecordingType extends NodeType {
  @Field(() => RecordingStatusEnum, { description: 'Where it is on its way into the store.' })
  status!: RecordingStatus;

  @Field(() => String, {
    nullable: true,
    description: 'Of the original, as are codec, byteSize, durationMs and sha256.',
  })
  contentType!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'As the bytes say: `aac`, `amr_nb`, `mp3`, `opus`, `pcm_s16le`, ….',
  })
  codec!: string | null;

  @Field(() => SafeInt, { nullable: true, description: 'Bytes.' })
  byteSize!: number | null;

  @Field(() => Int, { nullable: true, description: 'Milliseconds.' })
  durationMs!: number | null;

  @Field(() => String, { nullable: true, description: 'Lower-case hex.' })
  sha256!: string | null;

  @Field(() => DateTime, { nullable: true, description: 'When it was stored and verified.' })
  uploadedAt!: string | null;

  @Field(() => DateTime, { nullable: true, description: 'When the provider is thought to delete its copy.' })
  sourceExpiresAt!: string | null;

  @Field(() => Int, { description: 'Tries to store it so far.' })
  attempts!: number;

  @Field(() => DateTime, {
    nullable: true,
    description: 'When it is tried again; null where no try is planned.',
  })
  nextAttemptAt!: string | null;

  @Field(() => FailureType, { nullable: true, description: 'The latest failure; null once it is stored.' })
  error!: FailureType | null;

  @Field(() => [RecordingFlagEnum], { description: 'What a listener should know beforehand.' })
  flags!: RecordingFlag[];

  /** Not in the schema as it stands here: Recording.path shows it to admins only. */
  recordingPath!: string | null;
  /** Not in the schema: the copy that PLAYBACK is, where one was made. */
  playbackPath!: string | null;
  playbackByteSize!: number | null;
  /** Not in the schema: the provider that may have it too. */
  sourceProvider!: string | null;
}
