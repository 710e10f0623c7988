import {
  Arg,
  Args,
  Ctx,
  FieldResolver,
  Float,
  ID,
  Int,
  Mutation,
  Query,
  Resolver,
  Root,
  Subscription,
} from 'type-graphql';
import { UserType } from '../auth/user.type.js';
import { CatiCallType } from '../cati/cati-call.type.js';
import { ForwardPageArgs, type Connection } from '../graphql/connection.type.js';
import { SignedUrlType } from '../recordings/recording.type.js';
import type { Scope } from '../scope.js';
import { ReportFormatEnum, type ReportFormat } from './migration-enums.js';
import {
  MigrationFilter,
  MigrationInput,
  MigrationItemFilter,
  StartMigrationInput,
  UpdateMigrationLimitsInput,
} from './migration.inputs.js';
import {
  FailureCountType,
  MigrationConnectionType,
  MigrationItemConnectionType,
  MigrationItemType,
  MigrationPayloadType,
  MigrationProgressType,
  MigrationType,
} from './migration.type.js';

const payload = (migration: MigrationType): MigrationPayloadType => ({ migration });

@Resolver(() => MigrationType)
export class MigrationResolver {
  @Query(() => MigrationType, { nullable: true, description: 'One run.' })
  migration(
    @Arg('id', () => ID, { description: "The run's id." }) id: string,
    @Ctx() scope: Scope,
  ): Promise<MigrationType> {
    return scope.migrationReader.get(id);
  }

  @Query(() => MigrationConnectionType, { description: 'Every run, newest first.' })
  migrations(
    @Args(() => ForwardPageArgs) page: ForwardPageArgs,
    @Arg('filter', () => MigrationFilter, { nullable: true, description: 'Only these.' })
    filter: MigrationFilter | undefined,
    @Ctx() scope: Scope,
  ): Promise<Connection<MigrationType>> {
    return scope.migrationReader.page(page, filter);
  }

  @Mutation(() => MigrationPayloadType, {
    description:
      'Copies recordings from their providers, in the background. CONFLICT while another run of the provider is live.',
  })
  async startMigration(
    @Arg('input', () => StartMigrationInput, { description: 'What, in which order, how fast.' })
    input: StartMigrationInput,
    @Ctx() scope: Scope,
  ): Promise<MigrationPayloadType> {
    return payload(await scope.migrationService.start(input));
  }

  @Mutation(() => MigrationPayloadType, { description: 'Stands still within two seconds.' })
  async pauseMigration(
    @Arg('input', () => MigrationInput, { description: 'Which run.' }) input: MigrationInput,
    @Ctx() scope: Scope,
  ): Promise<MigrationPayloadType> {
    return payload(await scope.migrationService.pause(input.id));
  }

  @Mutation(() => MigrationPayloadType, { description: 'Goes on where it stood.' })
  async resumeMigration(
    @Arg('input', () => MigrationInput, { description: 'Which run.' }) input: MigrationInput,
    @Ctx() scope: Scope,
  ): Promise<MigrationPayloadType> {
    return payload(await scope.migrationService.resume(input.id));
  }

  @Mutation(() => MigrationPayloadType, {
    description: 'Gives it up within two seconds. What it copied stays.',
  })
  async cancelMigration(
    @Arg('input', () => MigrationInput, { description: 'Which run.' }) input: MigrationInput,
    @Ctx() scope: Scope,
  ): Promise<MigrationPayloadType> {
    return payload(await scope.migrationService.cancel(input.id));
  }

  @Mutation(() => MigrationPayloadType, {
    description: 'Changes limits of a run on its way, within two seconds.',
  })
  async updateMigrationLimits(
    @Arg('input', () => UpdateMigrationLimitsInput, { description: 'Which run, and its new limits.' })
    input: UpdateMigrationLimitsInput,
    @Ctx() scope: Scope,
  ): Promise<MigrationPayloadType> {
    return payload(await scope.migrationService.updateLimits(input));
  }

  @Subscription(() => MigrationType, {
    description:
      'First event at once, then at most 4 a second; the event with SUCCEEDED, FAILED or CANCELLED is the last.',
    subscribe: ({ args, context }) => (context as Scope).watchMigration((args as { id: string }).id),
  })
  migrationProgress(
    @Root() migration: MigrationType,
    @Arg('id', () => ID, { description: "The run's id." }) _id: string,
  ): MigrationType {
    return migration;
  }

  @FieldResolver(() => UserType, { nullable: true })
  startedBy(@Root() run: MigrationType, @Ctx() scope: Scope): Promise<UserType | null> | null {
    return run.startedById === null ? null : scope.userReader.byId.load(run.startedById);
  }

  @FieldResolver(() => [FailureCountType], { description: 'Why items failed, most frequent first.' })
  errors(@Root() run: MigrationType, @Ctx() scope: Scope): Promise<FailureCountType[]> {
    return scope.migrationPace.errors(run);
  }

  @FieldResolver(() => MigrationItemConnectionType, {
    description: 'What it is done with, in the order of its doing.',
  })
  items(
    @Root() run: MigrationType,
    @Args(() => ForwardPageArgs) page: ForwardPageArgs,
    @Arg('filter', () => MigrationItemFilter, { nullable: true, description: 'Only these.' })
    filter: MigrationItemFilter | undefined,
    @Ctx() scope: Scope,
  ): Promise<Connection<MigrationItemType>> {
    return scope.migrationReader.items(run.id, page, filter);
  }

  @FieldResolver(() => SignedUrlType, {
    nullable: true,
    description: 'Every item, as a file; null for a dry run.',
  })
  report(
    @Root() run: MigrationType,
    @Arg('format', () => ReportFormatEnum, {
      nullable: true,
      defaultValue: 'CSV',
      description: 'How it is written.',
    })
    format: ReportFormat | null,
    @Ctx() scope: Scope,
  ): SignedUrlType | null {
    return scope.migrationReport(run, format ?? 'CSV');
  }
}

@Resolver(() => MigrationProgressType)
export class MigrationProgressResolver {
  @FieldResolver(() => Float, {
    nullable: true,
    description: 'Over the last seconds; null when nothing moves.',
  })
  itemsPerSecond(@Root() progress: MigrationProgressType, @Ctx() scope: Scope): Promise<number | null> {
    return scope.migrationPace.itemsPerSecond(progress);
  }

  @FieldResolver(() => Float, {
    nullable: true,
    description: 'Over the last seconds; null when nothing moves.',
  })
  bytesPerSecond(@Root() progress: MigrationProgressType, @Ctx() scope: Scope): Promise<number | null> {
    return scope.migrationPace.bytesPerSecond(progress);
  }

  @FieldResolver(() => Int, { nullable: true, description: 'Seconds to the end, at the present speed.' })
  etaSeconds(@Root() progress: MigrationProgressType, @Ctx() scope: Scope): Promise<number | null> {
    return scope.migrationPace.etaSeconds(progress);
  }

  @FieldResolver(() => Int, {
    nullable: true,
    description: 'How many of the remaining will expire before their turn.',
  })
  atRisk(@Root() progress: MigrationProgressType, @Ctx() scope: Scope): Promise<number | null> {
    return scope.migrationPace.atRisk(progress);
  }
}

@Resolver(() => MigrationItemType)
export class MigrationItemResolver {
  @FieldResolver(() => CatiCallType)
  catiCall(@Root() item: MigrationItemType, @Ctx() scope: Scope): Promise<CatiCallType> {
    return scope.catiCallReader.byId.load(item.catiCallId);
  }
}
