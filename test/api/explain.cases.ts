import { callLogOrder } from '../../server/calls/call-log.filter.js';
import { catiCallOrder } from '../../server/cati/cati-call.filter.js';
import { encodeCursor, type PageOrder } from '../../server/graphql/keyset.js';
import { leadOrder } from '../../server/leads/lead.filter.js';
import { leadId, personId } from '../support/large-data.js';

export type Person = 'telecaller' | 'interviewer' | 'agent' | 'manager';
type Direction = 'ASC' | 'DESC';

interface List {
  /** Each order with a value from the middle of it. */
  orders: Record<string, string>;
  people: readonly Person[];
  filters: Record<string, string>;
  order(field: string, direction: Direction): PageOrder;
}

const MIDDLE = '2025-01-01T00:00:00.000Z';
const MONTH = ['"2024-12-15T00:00:00Z"', '"2025-01-15T00:00:00Z"'] as const;

const LISTS: Record<string, List> = {
  leads: {
    orders: { CREATED_AT: MIDDLE, LAST_CONTACTED_AT: MIDDLE, NAME: 'M' },
    people: ['telecaller', 'manager'],
    filters: {
      nothing: '',
      'a status': 'status: [INTERESTED]',
      'a recording': 'hasRecording: true',
      'no recording': 'hasRecording: false',
      'a month': `createdAfter: ${MONTH[0]}, createdBefore: ${MONTH[1]}`,
      'a telecaller': `telecallerId: "${personId('TELECALLER', 7)}"`,
    },
    order: (field, direction) => leadOrder({ field: field as 'NAME', direction }),
  },
  callLogs: {
    orders: { STARTED_AT: MIDDLE, CREATED_AT: MIDDLE },
    people: ['telecaller', 'manager'],
    filters: {
      nothing: '',
      'an outcome': 'outcome: [BUSY]',
      'a recording': 'hasRecording: true',
      'no recording': 'hasRecording: false',
      'failed recordings': 'recordingStatus: [FAILED]',
      'a month': `startedAfter: ${MONTH[0]}, startedBefore: ${MONTH[1]}`,
      'a lead': `leadId: "${leadId(107)}"`,
      'a telecaller': `telecallerId: "${personId('TELECALLER', 7)}"`,
    },
    order: (field, direction) => callLogOrder({ field: field as 'STARTED_AT', direction }),
  },
  catiCalls: {
    orders: { STARTED_AT: MIDDLE, SOURCE_EXPIRES_AT: MIDDLE },
    people: ['interviewer', 'agent', 'manager'],
    filters: {
      nothing: '',
      'a status': 'status: [COMPLETED]',
      'a provider': 'provider: "twilio"',
      'a campaign': 'campaign: "Campaign 3"',
      'failed recordings': 'recordingStatus: [FAILED]',
      'a failure': 'failureCode: [SOURCE_TIMEOUT]',
      'a flag': 'flags: [SILENT]',
      'what expires soon': 'expiresBefore: "2026-01-15T00:00:00Z"',
      'a month': `startedAfter: ${MONTH[0]}, startedBefore: ${MONTH[1]}`,
      'an interviewer': `interviewerId: "${personId('INTERVIEWER', 7)}"`,
    },
    order: (field, direction) => catiCallOrder({ field: field as 'STARTED_AT', direction }),
  },
};

/** Blocks of one page in the order of an index. */
const LITTLE = 2000;

interface Exception {
  when: RegExp;
  most: number;
  why: string;
}

/** Where a page costs more than LITTLE: which pages, how much at most, and why that is put up with. */
export const EXCEPTIONS: readonly Exception[] = [
  {
    when: /^leads by \w+ of no recording, telecaller$/,
    most: 25_000,
    why: 'Few leads have none: the calls of all 1,000 own leads are looked through.',
  },
  {
    when: /^callLogs by \w+ of no recording, telecaller$/,
    most: 25_000,
    why: 'Both walls look up the lead and the recording of each own call that has one, and pass it over.',
  },
  {
    when: /^(leads by LAST_CONTACTED_AT|callLogs by CREATED_AT) of a month, manager$/,
    most: 25_000,
    why: 'One time narrows and another one orders: the planner cannot know how they go together.',
  },
  {
    when: /^callLogs by \w+ of failed recordings, /,
    most: 130_000,
    why: 'The recording of each call is looked up in the order of the list; what matches seldom is a long walk.',
  },
  {
    when: /^catiCalls by STARTED_AT of (a provider|a campaign), interviewer$/,
    most: 5000,
    why: 'Few of the own 4,000 calls match.',
  },
  {
    when: /^catiCalls by STARTED_AT of (failed recordings|a failure|a flag|what expires soon), /,
    most: 130_000,
    why: 'The recording of each call is looked up in the order of the list; what matches seldom is a long walk.',
  },
  {
    when: /^catiCalls by SOURCE_EXPIRES_AT of /,
    most: 90_000,
    why: 'The expiry stands beside the recording: where the calls are narrowed, up to 10,000 are looked up and sorted.',
  },
];
/** In this order nothing but the order itself, and what goes by the recording, is read in the order of an index. */
const IN_ORDER = /^catiCalls by SOURCE_EXPIRES_AT of (nothing|what expires soon), (agent|manager)$/;

export interface Case {
  name: string;
  person: Person;
  /** The first page, the page behind the middle and the one in front of it. */
  queries: string[];
  /** Blocks. */
  most: number;
}

export const CASES: Case[] = Object.entries(LISTS).flatMap(([list, { orders, filters, people, order }]) =>
  Object.entries(orders).flatMap(([field, middle]) =>
    Object.entries(filters).flatMap(([filterName, filter]) =>
      (['ASC', 'DESC'] as const).flatMap((direction) =>
        people.map((person) => {
          const cursor = encodeCursor(order(field, direction), { value: middle, id: leadId(0) });
          const pages = ['first: 50', `first: 50, after: "${cursor}"`, `last: 50, before: "${cursor}"`];
          const by = `filter: { ${filter} }, orderBy: { field: ${field}, direction: ${direction} }`;
          return {
            name: `${list} by ${field} ${direction} of ${filterName}, ${person}`,
            person,
            queries: pages.map(
              (page) => `{ ${list}(${by}, ${page}) { nodes { id } pageInfo { hasNextPage } } }`,
            ),
            most: mostOf(`${list} by ${field} of ${filterName}, ${person}`),
          };
        }),
      ),
    ),
  ),
);

function mostOf(name: string): number {
  if (IN_ORDER.test(name)) return LITTLE;
  return EXCEPTIONS.find(({ when }) => when.test(name))?.most ?? LITTLE;
}
