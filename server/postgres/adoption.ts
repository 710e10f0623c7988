import type { Binaries } from './binaries.js';
import type { Location } from './location.js';
import {
  abortPostmaster,
  type Durability,
  endOrphans,
  type Postmaster,
  stopPostmaster,
} from './postmaster.js';
import { disownPostmasterPid, readPostmasterPid } from './postmaster-pid.js';
import { askServer } from './probe.js';
import { isPostgresIn, isRunning, processStamp } from './process-info.js';

/** What a server must be like to be taken over as it is. */
export interface Wanted {
  readonly password: string;
  readonly durability: Durability;
  readonly port: number | undefined;
}

/**
 * Takes over the server that an Earshot killed by SIGKILL left running, when it answers and is what is
 * wanted; ends it otherwise. Afterwards nothing stands in the way of a new one. Only the owner of the data
 * directory may call this.
 */
export async function adoptOrClear(
  binaries: Binaries,
  location: Location,
  wanted: Wanted,
): Promise<Postmaster | undefined> {
  const left = await leftBehind(location);
  if (left) {
    const facts = left.port > 0 ? await askServer(left.port, wanted.password) : undefined;
    const isOurs = facts?.dataDirectory === location.data;
    const fits = facts?.version === binaries.version && facts.durability === wanted.durability;
    if (isOurs && fits && (wanted.port === undefined || wanted.port === left.port)) return left;
    await (isOurs ? stopPostmaster(left, binaries, location) : abortPostmaster(left, location));
  }
  await endOrphans(location);
  await disownPostmasterPid(location.data);
  return undefined;
}

/** The server that postmaster.pid names, unless that pid is by now free or somebody else's. */
async function leftBehind({ data, runAs }: Location): Promise<Postmaster | undefined> {
  const file = await readPostmasterPid(data);
  if (file === undefined || !(await isRunning(file.pid))) return undefined;
  if ((await isPostgresIn(file.pid, data, runAs)) === false) return undefined;
  return { pid: file.pid, port: file.port ?? 0, stamp: await processStamp(file.pid) };
}
