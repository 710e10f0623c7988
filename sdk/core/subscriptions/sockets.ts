import { SocketLink } from './socket-link.js';
import type { LinkOptions, LinkSink, SubscribeMessage } from './socket-link.js';
import { FORBIDDEN_CLOSE } from './tries.js';

/** What the server lets one connection carry. */
const SUBSCRIPTIONS_PER_LINK = 50;

/** The connections of a client: as few as carry its subscriptions, none when there are none. */
export class Sockets {
  #links: SocketLink[] = [];

  constructor(private readonly options: LinkOptions) {}

  /** On a connection that is there, or on a new one. Answers the way to end it. */
  subscribe(message: SubscribeMessage, sink: LinkSink): () => void {
    this.#links = this.#links.filter((link) => !link.isOver);
    let link = this.#links.find(({ size }) => size < SUBSCRIPTIONS_PER_LINK);
    if (!link) this.#links.push((link = new SocketLink(this.options)));
    return link.subscribe(message, sink);
  }

  /** The token is another one: no connection goes on under the old one. */
  renew(): void {
    for (const link of this.#links) link.end(FORBIDDEN_CLOSE);
  }
}
