import { setImmediate as turn } from 'node:timers/promises';
import { movingClock } from '../../../test/support/moving-clock.js';
import { NetworkError } from '../errors.js';
import { manualNetwork, memoryStore } from '../memory-ports.js';
import { CallRecordingManager } from './call-recording-manager.js';

const never = () => Promise.reject(new Error('not asked here'));

it.each(Array.from({ length: 12 }, (_none, index) => index))(
  'a call is told again %i ms after a failure, whenever the clock is looked at',
  async (wait) => {
    let tries = 0;
    // The first pause is a second times chance.
    const clock = { ...movingClock(1000), random: () => wait / 1000 };
    const calls = new CallRecordingManager({
      client: {
        platform: clock,
        logCall: (call) => {
          tries += 1;
          const { leadId, outcome } = call;
          if (tries > 1) return Promise.resolve({ id: 'c', leadId, outcome } as never);
          const failure = { code: 'NETWORK', operation: 'LogCall', cause: undefined } as const;
          return Promise.reject(new NetworkError('The server could not be reached.', failure));
        },
      },
      uploads: {
        enqueue: never,
        getSnapshot: () => ({ jobs: [] }) as never,
        subscribe: () => () => undefined,
      },
      store: memoryStore(),
      network: manualNetwork(),
      clock,
    });
    await calls.start();
    await calls.callEnded({ key: 'k', call: { leadId: 'l', outcome: 'CONNECTED' } });
    await turn();
    for (const run of clock.timers.values()) run();
    await turn();
    expect(tries).toBe(2);
    expect(calls.getSnapshot()).toMatchObject([{ key: 'k', callLogId: 'c' }]);
  },
);
