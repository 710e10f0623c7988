import {
  Arg,
  Args,
  Ctx,
  Field,
  FieldResolver,
  ID,
  Info,
  Mutation,
  ObjectType,
  Query,
  Resolver,
  Root,
} from 'type-graphql';
import type { GraphQLResolveInfo } from 'graphql';
import { UserType } from '../auth/user.type.js';
import { ConnectionArgs, type Connection } from '../graphql/connection.type.js';
import { nodesSelected } from '../graphql/selection.js';
import { LeadType } from '../leads/lead.type.js';
import { RecordingType } from '../recordings/recording.type.js';
import type { Scope } from '../scope.js';
import { CallLogFilter, CallLogOrder, LogCallInput } from './call-log.inputs.js';
import { CallLogConnectionType, CallLogType } from './call-log.type.js';

@ObjectType('LogCallPayload', { simpleResolvers: true, description: 'What was logged.' })
class LogCallPayload {
  @Field(() => CallLogType, {
    description: 'The new call log, or the one that the idempotency key made before.',
  })
  callLog!: CallLogType;
}

@Resolver(() => CallLogType)
export class CallLogResolver {
  @Query(() => CallLogType, { nullable: true, description: 'One call log.' })
  callLog(
    @Arg('id', () => ID, { description: "The call log's id." }) id: string,
    @Ctx() scope: Scope,
  ): Promise<CallLogType> {
    return scope.callLogReader.get(id);
  }

  @Query(() => CallLogConnectionType, {
    description: 'Call logs, newest call first unless ordered otherwise.',
  })
  callLogs(
    @Args(() => ConnectionArgs) page: ConnectionArgs,
    @Arg('filter', () => CallLogFilter, { nullable: true, description: 'All, when not given.' })
    filter: CallLogFilter | undefined,
    @Arg('orderBy', () => CallLogOrder, { nullable: true, description: 'STARTED_AT DESC, when not given.' })
    orderBy: CallLogOrder | undefined,
    @Ctx() scope: Scope,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Connection<CallLogType>> {
    return scope.callLogReader.page(page, filter, orderBy, {
      fields: nodesSelected(info),
      lead: nodesSelected(info, 'lead'),
      recording: nodesSelected(info, 'recording'),
    });
  }

  @Mutation(() => LogCallPayload, {
    description: "Logs a call to a lead; the lead's callCount and lastContactedAt follow.",
  })
  async logCall(
    @Arg('input', () => LogCallInput, { description: 'The call.' }) input: LogCallInput,
    @Ctx() scope: Scope,
  ): Promise<LogCallPayload> {
    return { callLog: await scope.callLogService.log(input) };
  }

  @FieldResolver(() => LeadType)
  lead(@Root() callLog: CallLogType, @Ctx() scope: Scope): LeadType | Promise<LeadType | null> {
    return callLog.lead ?? scope.leadReader.ofVisibleOwner.load(callLog.leadId);
  }

  @FieldResolver(() => UserType)
  telecaller(@Root() callLog: CallLogType, @Ctx() scope: Scope): UserType | Promise<UserType | null> {
    return callLog.telecaller ?? scope.userReader.byId.load(callLog.telecallerId);
  }

  @FieldResolver(() => RecordingType, { nullable: true })
  recording(
    @Root() callLog: CallLogType,
    @Ctx() scope: Scope,
  ): RecordingType | null | Promise<RecordingType | null> {
    if (callLog.recordingId === null) return null;
    return callLog.recording ?? scope.recordingReader.ofVisibleOwner.load(callLog.recordingId);
  }
}

@Resolver(() => LeadType)
export class LeadCallLogsResolver {
  @FieldResolver(() => CallLogConnectionType, { description: 'Calls to this lead, newest first.' })
  callLogs(
    @Root() lead: LeadType,
    @Args(() => ConnectionArgs) page: ConnectionArgs,
    @Ctx() scope: Scope,
  ): Promise<Connection<CallLogType>> {
    return scope.callLogReader.pageOfLead(lead.id, page);
  }
}

@Resolver(() => RecordingType)
export class RecordingCallLogResolver {
  @FieldResolver(() => CallLogType, {
    nullable: true,
    description: 'The call log that owns it, if one does.',
  })
  callLog(@Root() recording: RecordingType, @Ctx() scope: Scope): Promise<CallLogType | null> {
    return scope.callLogReader.ofRecording.load(recording.id);
  }
}
