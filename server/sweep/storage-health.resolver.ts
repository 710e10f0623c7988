import {
  Arg,
  Args,
  Ctx,
  Field,
  FieldResolver,
  Mutation,
  ObjectType,
  Query,
  Resolver,
  Root,
} from 'type-graphql';
import { UserType } from '../auth/user.type.js';
import { ProviderStateType } from '../cati/provider-state.type.js';
import { ForwardPageArgs, type Connection } from '../graphql/connection.type.js';
import type { Scope } from '../scope.js';
import { StorageFindingFilter, SweepStorageInput } from './storage-health.inputs.js';
import {
  StorageFindingConnectionType,
  StorageHealthType,
  StorageSweepType,
  type StorageFindingType,
} from './storage-health.type.js';

@ObjectType('SweepStoragePayload', { simpleResolvers: true, description: 'The sweep that was asked for.' })
class SweepStoragePayload {
  @Field(() => StorageSweepType, { description: 'It runs in the background.' })
  sweep!: StorageSweepType;
}

@Resolver(() => StorageHealthType)
export class StorageHealthResolver {
  @Query(() => StorageHealthType, { description: 'Whether what is stored is what should be.' })
  storageHealth(): StorageHealthType {
    return new StorageHealthType();
  }

  @Query(() => StorageFindingConnectionType, {
    description: 'What the last sweeps found wrong, newest first; of one sweep at most 10,000 things.',
  })
  storageFindings(
    @Args(() => ForwardPageArgs) page: ForwardPageArgs,
    @Arg('filter', () => StorageFindingFilter, { nullable: true, description: 'Only these.' })
    filter: StorageFindingFilter | undefined,
    @Ctx() scope: Scope,
  ): Promise<Connection<StorageFindingType>> {
    return scope.storageHealthReader.findings(page, filter);
  }

  @Mutation(() => SweepStoragePayload, {
    description:
      'Compares the store with the database, in the background, and repairs. CONFLICT while another sweep is under way.',
  })
  async sweepStorage(
    @Arg('input', () => SweepStorageInput, { description: 'How.' }) input: SweepStorageInput,
    @Ctx() scope: Scope,
  ): Promise<SweepStoragePayload> {
    return { sweep: await scope.storageSweeps.start(input.dryRun) };
  }

  @FieldResolver(() => StorageSweepType, { nullable: true })
  current(@Ctx() scope: Scope): Promise<StorageSweepType | null> {
    return scope.storageHealthReader.latest('RUNNING');
  }

  @FieldResolver(() => StorageSweepType, { nullable: true })
  lastSweep(@Ctx() scope: Scope): Promise<StorageSweepType | null> {
    return scope.storageHealthReader.latest('FINISHED');
  }

  @FieldResolver(() => [ProviderStateType])
  providers(@Ctx() scope: Scope): Promise<ProviderStateType[]> {
    return scope.providerStateReader.all();
  }
}

@Resolver(() => StorageSweepType)
export class StorageSweepResolver {
  @FieldResolver(() => UserType, { nullable: true })
  startedBy(@Root() sweep: StorageSweepType, @Ctx() scope: Scope): Promise<UserType | null> | null {
    return sweep.startedById === null ? null : scope.userReader.byId.load(sweep.startedById);
  }
}
