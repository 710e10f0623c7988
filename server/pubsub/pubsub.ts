import { sql } from 'kysely';
import type { EntityManager } from '@mikro-orm/postgresql';
import pg from 'pg';
import type { Logger } from '../logger.js';
import type { Heard, Topic } from './topic.js';

/** Distance between two tries to listen again, in milliseconds. */
const RECONNECT_MS = { first: 100, most: 5000 };
const CONNECT_TIMEOUT_MS = 10_000;
/** Idle so long, the connection is probed, so that a firewall does not forget it. */
const KEEP_ALIVE_MS = 30_000;

type Listener = (heard: Heard<object>) => void;

/**
 * Typed topics over PostgreSQL's LISTEN and NOTIFY: what one process writes, every process hears when it is
 * committed. One connection of its own listens (no transaction-pooling proxy may stand in front of it). After a
 * break every subscriber hears `missed`, since notifications are not kept.
 */
export class PubSub implements AsyncDisposable {
  private readonly listeners = new Map<string, Set<Listener>>();
  private client: pg.Client | undefined;
  private closed = false;
  private retry: NodeJS.Timeout | undefined;

  constructor(
    private readonly url: string,
    private readonly topics: readonly Topic<object>[],
    private readonly logger: Logger,
  ) {}

  /** Resolves when it listens; rejects when the database cannot be reached the first time. */
  async start(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.url,
      application_name: 'earshot-pubsub',
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    });
    client.on('error', (error) => this.logger.warn({ err: error }, 'pubsub connection'));
    client.on('notification', ({ channel, payload }) => this.hear(channel, payload ?? ''));
    try {
      await client.connect();
      for (const { channel } of this.topics) await client.query(`listen ${pg.escapeIdentifier(channel)}`);
    } catch (error) {
      await client.end().catch(() => undefined);
      throw error;
    }
    if (this.closed) return client.end();
    this.client = client;
    client.once('end', () => this.reconnect(RECONNECT_MS.first));
  }

  /** How many subscribers a topic has in this process. */
  subscribers({ channel }: Topic<object>): number {
    return this.listeners.get(channel)?.size ?? 0;
  }

  /** Heard by all when the transaction of `em` commits, by nobody when it rolls back. */
  async publish<Event extends object>(
    em: EntityManager,
    { channel }: Topic<Event>,
    event: Event,
  ): Promise<void> {
    await sql`select pg_notify(${channel}, ${JSON.stringify(event)})`.execute(em.getKysely());
  }

  /** Answers the way to stop hearing. */
  subscribe<Event extends object>(
    { channel }: Topic<Event>,
    listener: (heard: Heard<Event>) => void,
  ): () => void {
    const listeners = this.listeners.get(channel) ?? new Set<Listener>();
    this.listeners.set(channel, listeners);
    listeners.add(listener as Listener);
    return () => listeners.delete(listener as Listener);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.closed = true;
    clearTimeout(this.retry);
    await this.client?.end();
  }

  private hear(channel: string, payload: string): void {
    const event = this.parse(channel, payload);
    if (!event) return;
    for (const listener of this.listeners.get(channel) ?? []) listener({ kind: 'event', event });
  }

  /** Whoever may use the database may notify: what is no event is nobody's. */
  private parse(channel: string, payload: string): object | undefined {
    try {
      const event: unknown = JSON.parse(payload);
      if (typeof event === 'object' && event !== null) return event;
    } catch {
      // Told below, as the rest of what is no event.
    }
    this.logger.warn({ channel }, 'a notification that is no event');
    return undefined;
  }

  private reconnect(delay: number): void {
    this.client = undefined;
    if (this.closed) return;
    this.retry = setTimeout(() => {
      this.start().then(
        () => this.tellMissed(),
        () => this.reconnect(Math.min(delay * 2, RECONNECT_MS.most)),
      );
    }, delay);
  }

  private tellMissed(): void {
    for (const listeners of this.listeners.values())
      for (const listener of listeners) listener({ kind: 'missed' });
  }
}
