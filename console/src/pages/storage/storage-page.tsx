import { Page } from '../../ui/page.js';
import { Findings } from './findings.js';
import { StorageHealth } from './storage-health.js';
import { TEXT } from './text.js';
import { Usage } from './usage.js';

export function StoragePage() {
  return (
    <Page title={TEXT.title}>
      <Usage />
      <StorageHealth />
      <Findings />
    </Page>
  );
}
