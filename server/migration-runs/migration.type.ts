import { Field, Int, ObjectType } from 'type-graphql';
import { UserType } from '../auth/user.type.js';
import { CatiCallType } from '../cati/cati-call.type.js';
import type { FailureCode } from '../errors.js';
import { connectionOf } from '../graphql/connection.type.js';
import { AtMost } from '../graphql/list-size.js';
import { MoneyType } from '../graphql/money.type.js';
import { NodeType } from '../graphql/node.type.js';
import { DateTime, SafeInt } from '../graphql/scalars.js';
import { FailureCodeEnum, FailureType } from '../recordings/recording.type.js';
import { MigrationItemStatusEnum, MigrationStatusEnum } from './migration-enums.js';
import type { ItemStatus } from './migration-item.entity.js';
import type { RunOrder } from './migration-run.entity.js';
import { MigrationOrderEnum } from './migration.inputs.js';
import type { RunStatus } from './run-states.js';

@ObjectType('MigrationOptions', {
  simpleResolvers: true,
  description: 'What a run was started with; its limits as they are now.',
})
export class MigrationOptionsType {
  @Field(() => Int, { description: 'Calls that a worker takes at a time.' })
  batchSize!: number;

  @Field(() => Int, { description: 'Milliseconds that a worker waits between two batches.' })
  delayMs!: number;

  @Field(() => Int, { nullable: true, description: 'Calls of the whole run at most.' })
  maxCalls!: number | null;

  @Field(() => Boolean, { description: 'False: stored copies are verified too.' })
  skipUploaded!: boolean;

  @Field(() => Int, { description: 'Copies at once in each worker process.' })
  concurrency!: number;

  @Field(() => Int, { nullable: true, description: 'Copies that may begin in a minute.' })
  requestsPerMinute!: number | null;

  @Field(() => SafeInt, { nullable: true, description: 'Bytes that may be copied in a second.' })
  maxBytesPerSecond!: number | null;

  @Field(() => MigrationOrderEnum, { description: 'Which calls come first.' })
  order!: RunOrder;
}

@ObjectType('MigrationProgress', {
  description: 'Cumulative and disjoint: uploaded + skipped + deleted + failed + remaining = total.',
})
export class MigrationProgressType {
  @Field(() => Int, { simple: true, description: 'Calls of the run, fixed when it starts; 0 before.' })
  total!: number;

  @Field(() => Int, { simple: true, description: 'Copied and verified.' })
  uploaded!: number;

  @Field(() => Int, { simple: true, description: 'Stored by somebody else meanwhile, or found intact.' })
  skipped!: number;

  @Field(() => Int, { simple: true, description: 'Gone at the provider, or deleted here.' })
  deleted!: number;

  @Field(() => Int, { simple: true, description: 'Not copied: see errors and items.' })
  failed!: number;

  @Field(() => Int, { simple: true, description: 'Still to be done.' })
  remaining!: number;

  @Field(() => SafeInt, { simple: true, description: 'Bytes copied.' })
  bytes!: number;

  /** Not in the schema: what the fields of the resolver are computed from. */
  runId!: string;
  status!: RunStatus;
}

@ObjectType('FailureCount', {
  simpleResolvers: true,
  description: 'How often something failed for one reason.',
})
export class FailureCountType {
  @Field(() => FailureCodeEnum, { description: 'The reason.' })
  code!: FailureCode;

  @Field(() => Int, { description: 'How often.' })
  count!: number;
}

@ObjectType('HostCount', { simpleResolvers: true, description: 'How many recordings lie on a host.' })
export class HostCountType {
  @Field(() => String, { description: "The source's host; the provider's name where no source is known." })
  host!: string;

  @Field(() => Int, { description: 'Calls.' })
  count!: number;
}

@ObjectType('MigrationPlan', { simpleResolvers: true, description: 'What a dry run found.' })
export class MigrationPlanType {
  @Field(() => Int, { description: 'Calls that the same run, started for real, would go through.' })
  calls!: number;

  @Field(() => Int, { description: 'Calls of the filter whose recordings are stored already.' })
  alreadyStored!: number;

  @Field(() => SafeInt, { nullable: true, description: 'By a sample; null where nothing is known.' })
  estimatedBytes!: number | null;

  @Field(() => Int, { nullable: true, description: 'With one worker, at the limits of this run.' })
  estimatedSeconds!: number | null;

  @Field(() => Int, { description: 'Calls that will expire at the provider before their turn.' })
  atRisk!: number;

  @Field(() => MoneyType, { nullable: true, description: 'For the estimated bytes; null without a price.' })
  estimatedMonthlyCost!: MoneyType | null;

  @AtMost(50)
  @Field(() => [HostCountType], { description: 'Most calls first, at most 50.' })
  hosts!: HostCountType[];
}

@ObjectType('MigrationItem', { description: 'A call that a run is done with.' })
export class MigrationItemType {
  @Field(() => CatiCallType, { description: 'The call.' })
  catiCall?: CatiCallType;

  @Field(() => MigrationItemStatusEnum, { simple: true, description: 'How it was done with.' })
  status!: ItemStatus;

  @Field(() => FailureType, { nullable: true, simple: true, description: 'Why it was not copied.' })
  failure!: FailureType | null;

  @Field(() => SafeInt, { nullable: true, simple: true, description: 'Bytes copied.' })
  bytes!: number | null;

  @Field(() => DateTime, { simple: true, description: 'When it was counted.' })
  finishedAt!: string;

  /** Not in the schema. */
  catiCallId!: string;
}

export const MigrationItemConnectionType = connectionOf('MigrationItem', () => MigrationItemType);

@ObjectType('Migration', {
  implements: NodeType,
  simpleResolvers: true,
  description: 'One run that copies recordings from their providers.',
})
export class MigrationType extends NodeType {
  @Field(() => MigrationStatusEnum, { description: 'Where it is.' })
  status!: RunStatus;

  @Field(() => Boolean, { description: 'Only finds out what would be done.' })
  dryRun!: boolean;

  @Field(() => MigrationOptionsType, { description: 'What it was started with; its limits as they are now.' })
  options!: MigrationOptionsType;

  @Field(() => MigrationProgressType, { description: 'How far it came.' })
  progress!: MigrationProgressType;

  @Field(() => UserType, { nullable: true, simple: false, description: 'Who started it.' })
  startedBy?: UserType | null;

  @Field(() => DateTime, { description: 'When it was asked for.' })
  createdAt!: string;

  @Field(() => DateTime, { nullable: true, description: 'When a worker began it.' })
  startedAt!: string | null;

  @Field(() => DateTime, { nullable: true, description: 'When it came to its end.' })
  finishedAt!: string | null;

  @Field(() => String, { nullable: true, description: 'Why it paused itself, or failed.' })
  statusReason!: string | null;

  @Field(() => MigrationPlanType, {
    nullable: true,
    description: 'What a dry run found; null for a real run.',
  })
  plan!: MigrationPlanType | null;

  /** Not in the schema. */
  startedById!: string | null;
}

export const MigrationConnectionType = connectionOf('Migration', () => MigrationType);

@ObjectType('MigrationPayload', { simpleResolvers: true, description: 'The run as it is now.' })
export class MigrationPayloadType {
  @Field(() => MigrationType, { description: 'The run as it is now.' })
  migration!: MigrationType;
}
