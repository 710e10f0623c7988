import type { Contestant, Name } from './contestants.js';
import type { LoadClient } from './load.js';

export interface Measure {
  /** Microseconds of the server's CPU time for one request. */
  cpu: number;
  requestsPerSecond: number;
  /** Milliseconds. */
  p50: number;
  p99: number;
}

export type Round = Record<Name, Measure>;

export interface Plan {
  rounds: number;
  requests: number;
  warmUp: number;
  connections: number;
  tokens: readonly string[];
  body: (name: Name) => string;
}

/** Interleaved: every round asks each server the same number of times, and begins with another one. */
export async function measure(
  contestants: readonly Contestant[],
  client: LoadClient,
  plan: Plan,
): Promise<Round[]> {
  for (const contestant of contestants) await load(contestant, client, plan, plan.warmUp);
  const rounds: Round[] = [];
  for (let round = 0; round < plan.rounds; round++) {
    const shift = round % contestants.length;
    const order = [...contestants.slice(shift), ...contestants.slice(0, shift)];
    const measures: [Name, Measure][] = [];
    for (const contestant of order) measures.push([contestant.name, await one(contestant, client, plan)]);
    rounds.push(Object.fromEntries(measures) as Round);
    process.stderr.write(`round ${round + 1} of ${plan.rounds}\n`);
  }
  return rounds;
}

async function one(contestant: Contestant, client: LoadClient, plan: Plan): Promise<Measure> {
  await load(contestant, client, plan, Math.ceil(plan.requests / 10));
  const before = await contestant.server.cpuSeconds();
  const { seconds, p50, p99 } = await load(contestant, client, plan, plan.requests);
  const after = await contestant.server.cpuSeconds();
  return {
    cpu: ((after - before) * 1e6) / plan.requests,
    requestsPerSecond: plan.requests / seconds,
    p50,
    p99,
  };
}

function load({ name, server }: Contestant, client: LoadClient, plan: Plan, requests: number) {
  const { connections, tokens } = plan;
  return client.run({ url: server.url, tokens, body: plan.body(name), requests, connections });
}
