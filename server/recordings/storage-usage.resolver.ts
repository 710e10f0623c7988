import { Ctx, Query, Resolver } from 'type-graphql';
import type { Scope } from '../scope.js';
import { StorageUsageType } from './storage-usage.type.js';

@Resolver()
export class StorageUsageResolver {
  @Query(() => StorageUsageType, { description: 'How much is stored, and what that costs.' })
  storageUsage(@Ctx() scope: Scope): Promise<StorageUsageType> {
    return scope.storageUsageReader.usage();
  }
}
