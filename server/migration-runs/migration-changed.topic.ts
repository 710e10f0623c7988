import { defineTopic } from '../pubsub/topic.js';

/** A run's status, limits or counters changed. Published with the change, so that it is heard when that is committed. */
export const migrationChanged = defineTopic<{ id: string }>('migration_changed');
