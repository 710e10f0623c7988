import { Field, ID, InputType, Int, registerEnumType } from 'type-graphql';
import type { FailureCode } from '../errors.js';
import { enumOf } from '../graphql/enums.js';
import { DateTime, SafeInt } from '../graphql/scalars.js';
import { FailureCodeEnum } from '../recordings/recording.type.js';
import { RUN_ORDERS, type RunOrder } from './migration-run.entity.js';
import type { ItemStatus } from './migration-item.entity.js';
import { MigrationItemStatusEnum, MigrationStatusEnum } from './migration-enums.js';
import type { RunStatus } from './run-states.js';

export const MigrationOrderEnum = enumOf(RUN_ORDERS);
registerEnumType(MigrationOrderEnum, {
  name: 'MigrationOrder',
  description: 'Which calls come first.',
  valuesConfig: {
    EXPIRING_FIRST: { description: 'Those whose recordings the provider deletes first.' },
    NEWEST_FIRST: { description: 'The newest calls.' },
    OLDEST_FIRST: { description: 'The oldest calls.' },
  },
});

@InputType('MigrationCallFilter', { description: 'All that is given must hold.' })
export class MigrationCallFilter {
  @Field(() => String, { nullable: true, description: '`deepcall`, …; all providers when left out.' })
  provider?: string | null;

  @Field(() => String, { nullable: true, description: "The campaign's whole name." })
  campaign?: string | null;

  @Field(() => DateTime, { nullable: true, description: 'Calls that began at or after.' })
  startedAfter?: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'Calls that began before.' })
  startedBefore?: Date | null;
}

@InputType('QuietHoursInput', {
  description: 'Local times HH:MM in an IANA zone; between them nothing is copied.',
})
export class QuietHoursInput {
  @Field(() => String, { description: 'The first quiet minute: `22:00`.' })
  from!: string;

  @Field(() => String, { description: 'The first minute after: `06:00`. Earlier than from: over midnight.' })
  to!: string;

  @Field(() => String, { description: 'As `Asia/Kolkata`.' })
  timeZone!: string;
}

@InputType('StartMigrationInput', { description: 'Which recordings to copy, in which order, and how fast.' })
export class StartMigrationInput {
  @Field(() => Boolean, { defaultValue: false, description: 'Only find out what would be done: see plan.' })
  dryRun!: boolean;

  @Field(() => Int, { defaultValue: 50, description: 'Calls that a worker takes at a time, 1 to 1000.' })
  batchSize!: number;

  @Field(() => Int, {
    defaultValue: 0,
    description: 'Milliseconds that a worker waits between two batches, up to 3,600,000.',
  })
  delayMs!: number;

  @Field(() => Int, { nullable: true, description: 'Calls of the whole run at most.' })
  maxCalls?: number | null;

  @Field(() => Boolean, {
    defaultValue: true,
    description:
      'False: stored copies are verified too (length and hash), and copied again where missing or damaged.',
  })
  skipUploaded!: boolean;

  @Field(() => Int, {
    nullable: true,
    description: 'Copies at once in each worker process, 1 to 100; 10 when left out.',
  })
  concurrency?: number | null;

  @Field(() => Int, {
    nullable: true,
    description: 'Copies that may begin in a minute, of all workers together.',
  })
  requestsPerMinute?: number | null;

  @Field(() => SafeInt, {
    nullable: true,
    description: 'Bytes that may be copied in a second, of all workers together, averaged over whole copies.',
  })
  maxBytesPerSecond?: number | null;

  @Field(() => [FailureCodeEnum], {
    nullable: true,
    description: 'Only recordings whose latest error is one of these.',
  })
  onlyErrors?: FailureCode[] | null;

  @Field(() => MigrationCallFilter, { nullable: true, description: 'Only these calls.' })
  filter?: MigrationCallFilter | null;

  @Field(() => MigrationOrderEnum, {
    defaultValue: 'EXPIRING_FIRST',
    description: 'Which calls come first.',
  })
  order!: RunOrder;

  @Field(() => Boolean, {
    defaultValue: false,
    description: 'Start beside another live run of the same provider.',
  })
  allowConcurrent!: boolean;

  @Field(() => QuietHoursInput, { nullable: true, description: 'When nothing is copied.' })
  quietHours?: QuietHoursInput | null;

  @Field(() => String, {
    nullable: true,
    description: 'The same key again answers the run that it started. At most 200 characters.',
  })
  idempotencyKey?: string | null;
}

@InputType('MigrationInput', { description: 'Which run.' })
export class MigrationInput {
  @Field(() => ID, { description: "The run's id." })
  id!: string;
}

@InputType('UpdateMigrationLimitsInput', {
  description: 'Limits that take effect within two seconds. What is left out stays as it is.',
})
export class UpdateMigrationLimitsInput {
  @Field(() => ID, { description: 'A run that is not over.' })
  id!: string;

  @Field(() => Int, { nullable: true, description: 'Calls that a worker takes at a time, 1 to 1000.' })
  batchSize?: number | null;

  @Field(() => Int, { nullable: true, description: 'Milliseconds between two batches.' })
  delayMs?: number | null;

  @Field(() => Int, { nullable: true, description: 'Copies at once in each worker process, 1 to 100.' })
  concurrency?: number | null;

  @Field(() => Int, { nullable: true, description: 'Copies that may begin in a minute; null: any number.' })
  requestsPerMinute?: number | null;

  @Field(() => SafeInt, { nullable: true, description: 'Bytes in a second; null: any number.' })
  maxBytesPerSecond?: number | null;
}

@InputType('MigrationFilter', { description: 'All that is given must hold.' })
export class MigrationFilter {
  @Field(() => [MigrationStatusEnum], { nullable: true, description: 'One of these.' })
  status?: RunStatus[] | null;

  @Field(() => Boolean, { nullable: true, description: 'Only dry runs, or only real ones.' })
  dryRun?: boolean | null;
}

@InputType('MigrationItemFilter', { description: 'All that is given must hold.' })
export class MigrationItemFilter {
  @Field(() => [MigrationItemStatusEnum], { nullable: true, description: 'One of these.' })
  status?: ItemStatus[] | null;

  @Field(() => [FailureCodeEnum], { nullable: true, description: 'Its failure is one of these.' })
  code?: FailureCode[] | null;
}
