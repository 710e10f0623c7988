/** A channel of PostgreSQL's NOTIFY, and what its events carry: ids and counters only, under 8,000 bytes as JSON. */
export interface Topic<Event extends object> {
  readonly channel: string;
  /** Only there to carry the event's type. */
  readonly event?: Event;
}

export function defineTopic<Event extends object>(channel: string): Topic<Event> {
  return { channel };
}

/** What a subscriber hears: an event, or that some may have been missed, so that it should look for itself. */
export type Heard<Event> = { readonly kind: 'event'; readonly event: Event } | { readonly kind: 'missed' };
