import { Arg, Args, Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import { UserType } from '../auth/user.type.js';
import { ForwardPageArgs, type Connection } from '../graphql/connection.type.js';
import type { Scope } from '../scope.js';
import { AuditEventConnectionType, AuditEventFilter, AuditEventType } from './audit-event.type.js';

@Resolver(() => AuditEventType)
export class AuditResolver {
  @Query(() => AuditEventConnectionType, { description: 'Who did and heard what, newest first.' })
  auditEvents(
    @Args(() => ForwardPageArgs) page: ForwardPageArgs,
    @Arg('filter', () => AuditEventFilter, { nullable: true, description: 'Only these.' })
    filter: AuditEventFilter | undefined,
    @Ctx() scope: Scope,
  ): Promise<Connection<AuditEventType>> {
    return scope.auditReader.page(page, filter);
  }

  @FieldResolver(() => UserType, { nullable: true })
  actor(@Root() event: AuditEventType, @Ctx() scope: Scope): Promise<UserType | null> | null {
    return event.actorId === null ? null : scope.userReader.byId.load(event.actorId);
  }
}
