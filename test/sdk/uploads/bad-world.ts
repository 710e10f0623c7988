import { EarshotClient } from '../../../sdk/core/index.js';
import { freePort } from '../../../server/postgres/free-port.js';
import { Caller } from '../../support/upload-steps.js';
import { TestApp } from '../../support/test-app.js';
import { BadNetwork } from './bad-network.js';

/** A server that its clients reach, and whose links lead, through a bad network. */
export class BadWorld implements AsyncDisposable {
  private constructor(
    readonly app: TestApp,
    readonly network: BadNetwork,
    /** On the good side of the network. */
    readonly caller: Caller,
  ) {}

  static async start(): Promise<BadWorld> {
    const network = await BadNetwork.open();
    const port = await freePort();
    const app = await TestApp.start({ env: { PORT: String(port), PUBLIC_URL: network.url } });
    network.leadTo(`http://127.0.0.1:${port}`);
    const caller = await Caller.create(app);
    return new BadWorld(app, network, caller);
  }

  /** The same telecaller's, without the network between. */
  client(url: string): EarshotClient {
    return new EarshotClient({ url: `${url}/graphql`, token: this.caller.token, retry: { retries: 0 } });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.app[Symbol.asyncDispose]();
    await this.network[Symbol.asyncDispose]();
  }
}
