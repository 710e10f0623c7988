import type {
  CallLog,
  CallLogListItem,
  CallLogsQueryVariables,
  CatiCall,
  CatiCallListItem,
  CatiCallsQueryVariables,
  Lead,
  LeadPage,
  LeadsQueryVariables,
} from '../../core/index.js';
import { useEarshot } from './earshot-context.js';
import { useLoaded, type Loaded } from './use-loaded.js';
import { usePages, type Pages } from './use-pages.js';

/** Which list; pages are asked for by `loadMore`. */
type ListOf<TVariables> = Omit<TVariables, 'after' | 'last' | 'before'>;

export function useLead(id: string): Loaded<Lead> {
  const { client } = useEarshot();
  return useLoaded(id, (options) => client.lead(id, options));
}

export function useLeads(list: ListOf<LeadsQueryVariables> = {}): Pages<LeadPage['nodes'][number]> {
  const { client } = useEarshot();
  return usePages(JSON.stringify(list), (after, options) => client.leads({ ...list, after }, options));
}

export function useCallLog(id: string): Loaded<CallLog> {
  const { client } = useEarshot();
  return useLoaded(id, (options) => client.callLog(id, options));
}

export function useCallLogs(list: ListOf<CallLogsQueryVariables> = {}): Pages<CallLogListItem> {
  const { client } = useEarshot();
  return usePages(JSON.stringify(list), (after, options) => client.callLogs({ ...list, after }, options));
}

export function useCatiCall(id: string): Loaded<CatiCall> {
  const { client } = useEarshot();
  return useLoaded(id, (options) => client.catiCall({ id }, options));
}

export function useCatiCalls(list: ListOf<CatiCallsQueryVariables> = {}): Pages<CatiCallListItem> {
  const { client } = useEarshot();
  return usePages(JSON.stringify(list), (after, options) => client.catiCalls({ ...list, after }, options));
}
