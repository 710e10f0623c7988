import type { CallEvent } from '../provider.js';
import { agree, toSeconds, toTime } from '../webhook/call-times.js';
import { Fields, toPhoneNumber, type Json, type JsonObject } from '../webhook/fields.js';
import { deepcallStatus } from './call-status.js';
import { recordingNews } from './recording-news.js';

/**
 * DeepCall's own names first, then those that customers' dashboard templates give the same facts. Names are compared
 * without case and punctuation.
 */
const ALIASES = {
  callId: ['callId', 'clId', 'callSid', 'uniqueId', 'id'],
  status: ['callStatus', 'status'],
  type: ['cType', 'callType', 'direction'],
  campaign: ['campId', 'campaignId', 'campaign'],
  agent: ['masterAgent', 'agentId', 'agent', 'interviewerId'],
  userId: ['userId', 'accountId'],
  from: ['masterNumCTC', 'fromNumber', 'from', 'caller', 'callerNumber', 'sourceNumber'],
  customer: ['cNumber', 'toNumber', 'to', 'customerNumber', 'destinationNumber', 'cNumber10'],
  agentNumber: ['masterAgentNumber', 'agentNumber'],
  did: ['did', 'didNumber', 'virtualNumber'],
  startedAt: ['ivrSTime', 'startTime', 'startedAt', 'callStartTime'],
  endedAt: ['ivrETime', 'endTime', 'endedAt', 'callEndTime', 'lastHangupTime'],
  talkSeconds: ['talkDuration', 'duration', 'talkTime', 'callDuration', 'billSec'],
  legs: ['nHDetail'],
} as const;

const MAX_LEGS = 50;

/** Values that stand for nobody and for no campaign: -1 is the default, 0 an inbound call's. */
const NONE = new Set(['-1', '0']);

export interface ReportDefaults {
  readonly userId: string | undefined;
  readonly recordingOrigin: string;
}

/** One push report as a call event; undefined if it names no call. */
export function deepcallEvent(report: JsonObject, defaults: ReportDefaults): CallEvent | undefined {
  const fields = new Fields(report);
  const callId = fields.text(ALIASES.callId, 200);
  if (callId === undefined) return undefined;
  const legs = fields.list(ALIASES.legs, MAX_LEGS);
  const statusCode = fields.text(ALIASES.status, 40);
  const status = deepcallStatus(statusCode, legs);
  const request = fields.object(['api_para']);
  const userId = plainId(fields.text(ALIASES.userId, 40) ?? request.text(['userId'], 40)) ?? defaults.userId;
  return {
    callId,
    status,
    statusCode,
    campaign: something(fields.text(ALIASES.campaign, 200)),
    interviewerKey: something(fields.text(ALIASES.agent, 100)),
    userId,
    ...numbersOf(fields, request),
    ...agree({
      startedAt: firstOf(fields, ALIASES.startedAt, toTime),
      endedAt: firstOf(fields, ALIASES.endedAt, toTime),
      talkSeconds: firstOf(fields, ALIASES.talkSeconds, toSeconds),
    }),
    recording: recordingNews({ fields, legs, status, userId }, defaults.recordingOrigin),
  };
}

/** On an inbound call the customer dials; on every other one the customer is dialled. */
function numbersOf(fields: Fields, request: Fields): Pick<CallEvent, 'fromNumber' | 'toNumber'> {
  const inbound = /^(?:ibd|inbound|incoming)$/i.test(fields.text(ALIASES.type, 40) ?? '');
  const did = firstOf(fields, ALIASES.did, toPhoneNumber);
  const agentNumber = firstOf(fields, ALIASES.agentNumber, toPhoneNumber);
  const renamedFrom = firstOf(fields, ALIASES.from, toPhoneNumber);
  const customer = firstOf(fields, ALIASES.customer, toPhoneNumber);
  if (inbound && fields.value(['cNumber']) !== undefined) {
    return { fromNumber: customer, toNumber: agentNumber ?? did };
  }
  return {
    fromNumber: renamedFrom ?? toPhoneNumber(request.value(['from'])) ?? agentNumber ?? did,
    toNumber: customer ?? toPhoneNumber(request.value(['to'])),
  };
}

/** The first alias whose value can be read: "0" in one field does not hide the fact in the next. */
function firstOf<T>(
  fields: Fields,
  aliases: readonly string[],
  read: (value: Json) => T | undefined,
): T | undefined {
  for (const alias of aliases) {
    const value = read(fields.value([alias]));
    if (value !== undefined) return value;
  }
  return undefined;
}

function something(text: string | undefined): string | undefined {
  return text === undefined || NONE.has(text) ? undefined : text;
}

function plainId(text: string | undefined): string | undefined {
  return text !== undefined && /^[\w-]+$/.test(text) ? text : undefined;
}
