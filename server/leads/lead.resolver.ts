import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import { UserType } from '../auth/user.type.js';
import { ConnectionArgs, type Connection } from '../graphql/connection.type.js';
import type { Scope } from '../scope.js';
import { LeadFilter, LeadOrder } from './lead.inputs.js';
import { LeadConnectionType, LeadType } from './lead.type.js';

@Resolver(() => LeadType)
export class LeadResolver {
  @Query(() => LeadType, { nullable: true, description: 'One lead.' })
  lead(
    @Arg('id', () => ID, { description: "The lead's id." }) id: string,
    @Ctx() scope: Scope,
  ): Promise<LeadType> {
    return scope.leadReader.get(id);
  }

  @Query(() => LeadConnectionType, { description: 'Leads, newest first unless ordered otherwise.' })
  leads(
    @Args(() => ConnectionArgs) page: ConnectionArgs,
    @Arg('filter', () => LeadFilter, { nullable: true, description: 'All, when not given.' })
    filter: LeadFilter | undefined,
    @Arg('orderBy', () => LeadOrder, { nullable: true, description: 'CREATED_AT DESC, when not given.' })
    orderBy: LeadOrder | undefined,
    @Ctx() scope: Scope,
  ): Promise<Connection<LeadType>> {
    return scope.leadReader.page(page, filter, orderBy);
  }

  @FieldResolver(() => UserType, { nullable: true })
  telecaller(@Root() lead: LeadType, @Ctx() scope: Scope): UserType | null | Promise<UserType | null> {
    if (lead.telecallerId === null) return null;
    return lead.telecaller ?? scope.userReader.byId.load(lead.telecallerId);
  }
}
