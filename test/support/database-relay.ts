import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** ReadyForQuery, which ends each answer of PostgreSQL (its manual, "Message Formats"). */
const READY = Buffer.from('5a00000005', 'hex');

/** A relay before PostgreSQL that breaks and comes back, as networks and fail-overs do. */
export class DatabaseRelay implements AsyncDisposable {
  private readonly server = createServer((socket) => this.relay(socket));
  private readonly sockets = new Set<Socket>();
  private losing: { text: string; lost: () => void } | undefined;
  private port = 0;

  private constructor(private readonly target: URL) {}

  static async open(databaseUrl: string): Promise<DatabaseRelay> {
    const relay = new DatabaseRelay(new URL(databaseUrl));
    await relay.mend();
    return relay;
  }

  /** The database's URL, by way of the relay. */
  get url(): string {
    return Object.assign(new URL(this.target), { hostname: '127.0.0.1', port: String(this.port) }).href;
  }

  /** Breaks every connection, and refuses new ones until it is mended. */
  async cut(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  async mend(): Promise<void> {
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = (this.server.address() as AddressInfo).port;
  }

  /** Lets the next question that holds this text reach the database, and breaks the connection in place of the answer. */
  loseAnswerTo(text: string): Promise<void> {
    return new Promise((lost) => (this.losing = { text, lost }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.server.listening) await this.cut();
  }

  private relay(client: Socket): void {
    const database = connect(Number(this.target.port || 5432), this.target.hostname);
    let lost: (() => void) | undefined;
    for (const [socket, other] of [
      [client, database],
      [database, client],
    ] as const) {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.sockets.delete(socket);
        other.destroy();
      });
    }
    client.on('data', (question: Buffer) => {
      if (this.losing && question.includes(this.losing.text)) {
        lost = this.losing.lost;
        this.losing = undefined;
      }
      database.write(question);
    });
    database.on('data', (answer: Buffer) => {
      if (!lost) return void client.write(answer);
      if (!answer.includes(READY)) return;
      client.destroy();
      lost();
    });
  }
}
