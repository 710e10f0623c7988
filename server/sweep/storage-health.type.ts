import { Field, ID, Int, ObjectType } from 'type-graphql';
import { UserType } from '../auth/user.type.js';
import { ProviderStateType } from '../cati/provider-state.type.js';
import type { FailureCode } from '../errors.js';
import { connectionOf } from '../graphql/connection.type.js';
import { NodeType } from '../graphql/node.type.js';
import { DateTime, SafeInt } from '../graphql/scalars.js';
import type { RecordingStatus } from '../recordings/recording.entity.js';
import { FailureCodeEnum, RecordingStatusEnum } from '../recordings/recording.type.js';
import type { FindingAction, FindingKind } from './storage-finding.entity.js';
import type { SweepPhase, SweepStatus } from './storage-sweep.entity.js';
import { FindingActionEnum, FindingKindEnum, SweepPhaseEnum, SweepStatusEnum } from './sweep-enums.js';

@ObjectType('RecordingStatusCount', { simpleResolvers: true, description: 'Recordings of one status.' })
export class RecordingStatusCountType {
  @Field(() => RecordingStatusEnum, { description: 'The status.' })
  status!: RecordingStatus;

  @Field(() => Int, { description: 'How many.' })
  count!: number;
}

@ObjectType('RecordingFailureCount', {
  simpleResolvers: true,
  description: 'Recordings whose latest failure is one.',
})
export class RecordingFailureCountType {
  @Field(() => FailureCodeEnum, { description: 'The failure.' })
  code!: FailureCode;

  @Field(() => Int, { description: 'How many.' })
  count!: number;
}

@ObjectType('ExpiryCount', {
  simpleResolvers: true,
  description:
    'Recordings that are not stored yet, by the days until their provider is thought to delete them. Both ends null: that is not known.',
})
export class ExpiryCountType {
  @Field(() => Int, { nullable: true, description: 'From so many days on; null: their time is over.' })
  fromDays!: number | null;

  @Field(() => Int, { nullable: true, description: 'Below so many days; null: no end.' })
  toDays!: number | null;

  @Field(() => Int, { description: 'How many.' })
  count!: number;
}

@ObjectType('StorageCounts', {
  simpleResolvers: true,
  description: 'How the recordings stood when a sweep ended.',
})
export class StorageCountsType {
  @Field(() => [RecordingStatusCountType], { description: 'All recordings.' })
  byStatus!: readonly RecordingStatusCountType[];

  @Field(() => [RecordingFailureCountType], { description: 'Most frequent first.' })
  byFailure!: readonly RecordingFailureCountType[];

  @Field(() => [ExpiryCountType], {
    description: 'Those not stored yet: over first, then by days, unknown last.',
  })
  expiry!: readonly ExpiryCountType[];
}

@ObjectType('StorageSweep', {
  implements: NodeType,
  simpleResolvers: true,
  description: 'One comparison of the store with the database. The figures grow while it runs.',
})
export class StorageSweepType extends NodeType {
  @Field(() => SweepStatusEnum, { description: 'Whether it is over.' })
  status!: SweepStatus;

  @Field(() => Boolean, { description: 'It only looks: nothing is deleted, nothing repaired.' })
  dryRun!: boolean;

  @Field(() => DateTime, { description: 'When it was asked for.' })
  startedAt!: string;

  @Field(() => UserType, { nullable: true, description: 'Who asked for it; null when its time had come.' })
  startedBy?: UserType | null;

  @Field(() => DateTime, { nullable: true, description: 'Null while it runs.' })
  finishedAt!: string | null;

  @Field(() => Int, { description: 'Objects looked at.' })
  objects!: number;

  @Field(() => Int, { description: 'Stored recordings looked at.' })
  recordings!: number;

  @Field(() => Int, { description: 'Objects that nothing tells of.' })
  orphans!: number;

  @Field(() => SafeInt, { description: 'Bytes of the orphans.' })
  orphanBytes!: number;

  @Field(() => Int, { description: 'Stored recordings without their object.' })
  missing!: number;

  @Field(() => Int, { description: 'Stored recordings whose object has another length.' })
  mismatched!: number;

  @Field(() => Int, { description: 'Objects whose name Earshot never gives.' })
  strangers!: number;

  @Field(() => Int, { description: 'Orphans that were deleted.' })
  collected!: number;

  @Field(() => SafeInt, { description: 'Bytes of the orphans that were deleted.' })
  collectedBytes!: number;

  @Field(() => Int, { description: 'Recordings that are copied again, or were marked as damaged.' })
  repaired!: number;

  @Field(() => Int, {
    description: 'Unfinished writes of dead processes that were deleted, or in a dry run would be.',
  })
  temporary!: number;

  @Field(() => [SweepPhaseEnum], {
    description: 'Parts of it that failed for an hour, and were left out; the next sweep tries them again.',
  })
  skipped!: SweepPhase[];

  @Field(() => Boolean, {
    description: "It may have looked at another server's store: little was deleted, and nothing repaired.",
  })
  suspicious!: boolean;

  @Field(() => StorageCountsType, { nullable: true, description: 'Null while it runs.' })
  counts!: StorageCountsType | null;

  startedById!: string | null;
}

@ObjectType('StorageHealth', { description: 'Whether what is stored is what should be.' })
export class StorageHealthType {
  @Field(() => StorageSweepType, { nullable: true, description: 'The one under way.' })
  current?: StorageSweepType | null;

  @Field(() => StorageSweepType, {
    nullable: true,
    description: 'The last that finished, dry runs included; null: there was none yet.',
  })
  lastSweep?: StorageSweepType | null;

  @Field(() => [ProviderStateType], {
    description: 'Every telephony provider, and why nothing is copied from it where that has stopped.',
  })
  providers?: ProviderStateType[];
}

@ObjectType('StorageFinding', {
  implements: NodeType,
  simpleResolvers: true,
  description: 'One thing that a sweep found wrong.',
})
export class StorageFindingType extends NodeType {
  @Field(() => FindingKindEnum, { description: 'What is wrong.' })
  kind!: FindingKind;

  @Field(() => FindingActionEnum, { description: 'What was done about it.' })
  action!: FindingAction;

  @Field(() => DateTime, { description: 'When it was found.' })
  foundAt!: string;

  @Field(() => ID, { description: 'The sweep that found it.' })
  sweepId!: string;

  @Field(() => ID, { nullable: true, description: 'The recording that it is, or was, part of.' })
  recordingId!: string | null;

  @Field(() => String, { nullable: true, description: "The object's key. Admins only, null for others." })
  key!: string | null;

  @Field(() => SafeInt, { nullable: true, description: 'Bytes of the object; null where there is none.' })
  byteSize!: number | null;

  @Field(() => SafeInt, { nullable: true, description: 'Bytes that its recording should have.' })
  expectedBytes!: number | null;

  @Field(() => DateTime, { nullable: true, description: 'How old the object is.' })
  modifiedAt!: string | null;
}

export const StorageFindingConnectionType = connectionOf('StorageFinding', () => StorageFindingType);
