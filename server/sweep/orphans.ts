import type { Logger } from '../logger.js';
import { RECORDINGS_PREFIX } from '../storage/key-prefixes.js';
import type { Storage, StoredObject } from '../storage/storage.js';
import type { Transaction } from '../unit-of-work.js';
import { isSuspicious, type Finding, type Found } from './sweep-page.js';
import type { Territory } from './territory.js';

export interface SweepRules {
  readonly dryRun: boolean;
  /** Younger objects are never touched: their row may be on its way. */
  readonly olderThan: Date;
  /** An earlier page looked like another server's store. */
  readonly suspicious: boolean;
}

interface Orphan {
  readonly object: StoredObject;
  readonly owner: string;
  /** There never was such an owner, as far as this database knows. */
  readonly unheardOf: boolean;
}

/** Finds objects that no row tells of, and collects them one by one, each looked at again just before. */
export class Orphans {
  constructor(
    private readonly transaction: Transaction,
    private readonly storage: Storage,
    private readonly territory: Territory,
    private readonly logger: Logger,
  ) {}

  /** `objects`: a whole page. What is young, told of or held is no finding. */
  async sweep(objects: readonly StoredObject[], rules: SweepRules): Promise<Found> {
    const old = objects.filter(({ modifiedAt }) => modifiedAt < rules.olderThan);
    const unreferenced = await this.unreferenced(old);
    const orphans = await this.orphans(unreferenced);
    const unheardOf = orphans.filter((orphan) => orphan.unheardOf).length;
    // Another server's objects are told of, and left alone.
    const suspicious = rules.suspicious || isSuspicious(unheardOf, objects.length);
    const findings = unreferenced
      .filter(({ key }) => this.territory.ownerOf(key) === undefined)
      .map((object) => this.finding('STRANGER', 'NONE', object));
    for (const { object, ...orphan } of orphans) {
      const spared = rules.dryRun || (orphan.unheardOf && suspicious);
      const collected = !spared && (await this.collect(object, orphan.owner));
      findings.push(this.finding('ORPHAN', collected ? 'COLLECTED' : 'NONE', object));
    }
    return { findings, suspicious };
  }

  private async unreferenced(objects: readonly StoredObject[]): Promise<StoredObject[]> {
    if (objects.length === 0) return [];
    const keys = objects.map(({ key }) => key);
    const told = await this.transaction((em) => this.territory.references(em, keys));
    return objects.filter(({ key }) => !told.has(key));
  }

  private async orphans(objects: readonly StoredObject[]): Promise<Orphan[]> {
    const owned = objects.flatMap((object) => {
      const owner = this.territory.ownerOf(object.key);
      return owner === undefined ? [] : [{ object, owner }];
    });
    if (owned.length === 0) return [];
    const ids = [...new Set(owned.map(({ owner }) => owner))];
    const known = await this.transaction((em) => this.territory.owners(em, ids));
    return owned
      .filter(({ owner }) => known.get(owner) !== 'held')
      .map(({ object, owner }) => ({ object, owner, unheardOf: !known.has(owner) }));
  }

  /** False: meanwhile it is somebody's, or it cannot be deleted, which keeps nobody from the next one. */
  private async collect({ key }: StoredObject, owner: string): Promise<boolean> {
    try {
      const mayGo = await this.transaction(async (em) => {
        const owners = await this.territory.owners(em, [owner]);
        return owners.get(owner) !== 'held' && !(await this.territory.references(em, [key])).has(key);
      });
      if (mayGo) await this.storage.delete(key);
      return mayGo;
    } catch (error) {
      this.logger.warn({ err: error, key }, 'an orphan is not collected');
      return false;
    }
  }

  private finding(
    kind: 'ORPHAN' | 'STRANGER',
    action: Finding['action'],
    { key, byteSize, modifiedAt }: StoredObject,
  ): Finding {
    const owner = this.territory.prefix === RECORDINGS_PREFIX ? this.territory.ownerOf(key) : undefined;
    return { kind, action, key, recordingId: owner ?? null, byteSize, expectedBytes: null, modifiedAt };
  }
}
