import type { ErrorComponentProps } from '@tanstack/react-router';
import { ErrorNotice } from '../ui/error-notice.js';
import { Page } from '../ui/page.js';

/** In the place of a page that failed; the menu stays. */
export function FaultPage({ error, reset }: ErrorComponentProps) {
  return (
    <Page title="This page failed">
      <ErrorNotice error={error instanceof Error ? error : new Error(String(error))} onRetry={reset} />
    </Page>
  );
}
