import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { createElement } from 'react';
import { Loading } from '../ui/loading.js';
import { FaultPage } from './fault-page.js';
import { MissingPage } from './missing-page.js';
import type { Place as PlaceOfMenu } from './navigation.js';
import { Place } from './place.js';
import { catiCallSearch, leadSearch, auditSearch, migrationSearch, reviewSearch } from './search.js';
import { Shell } from './shell.js';
import { StartPage } from './start-page.js';

const root = createRootRoute({ component: Shell, notFoundComponent: MissingPage });

const place = <Path extends PlaceOfMenu['to']>(path: Path) =>
  createRoute({ getParentRoute: () => root, path, component: () => createElement(Place, { to: path }) });

const start = createRoute({ getParentRoute: () => root, path: '/', component: StartPage });

const leads = place('/leads');
const leadList = createRoute({
  getParentRoute: () => leads,
  path: '/',
  validateSearch: leadSearch,
  component: lazyRouteComponent(() => import('../pages/leads/leads-page.js'), 'LeadsPage'),
});
const lead = createRoute({
  getParentRoute: () => leads,
  path: '$leadId',
  component: lazyRouteComponent(() => import('../pages/lead/lead-page.js'), 'LeadPage'),
});

const catiCalls = place('/cati-calls');
const catiCallList = createRoute({
  getParentRoute: () => catiCalls,
  path: '/',
  validateSearch: catiCallSearch,
  component: lazyRouteComponent(() => import('../pages/cati-calls/cati-calls-page.js'), 'CatiCallsPage'),
});
const catiCall = createRoute({
  getParentRoute: () => catiCalls,
  path: '$catiCallId',
  component: lazyRouteComponent(() => import('../pages/cati-call/cati-call-page.js'), 'CatiCallPage'),
});

const migrations = place('/migrations');
const migrationList = createRoute({
  getParentRoute: () => migrations,
  path: '/',
  validateSearch: migrationSearch,
  component: lazyRouteComponent(() => import('../pages/migrations/migrations-page.js'), 'MigrationsPage'),
});
const migration = createRoute({
  getParentRoute: () => migrations,
  path: '$migrationId',
  validateSearch: migrationSearch,
  component: lazyRouteComponent(() => import('../pages/migration/migration-page.js'), 'MigrationPage'),
});

const reviews = place('/reviews');
const reviewQueue = createRoute({
  getParentRoute: () => reviews,
  path: '/',
  component: lazyRouteComponent(() => import('../pages/reviews/reviews-page.js'), 'ReviewsPage'),
});
const review = createRoute({
  getParentRoute: () => reviews,
  path: '$reviewId',
  validateSearch: reviewSearch,
  component: lazyRouteComponent(() => import('../pages/review/review-page.js'), 'ReviewPage'),
});

const storage = place('/storage');
const storageHealth = createRoute({
  getParentRoute: () => storage,
  path: '/',
  component: lazyRouteComponent(() => import('../pages/storage/storage-page.js'), 'StoragePage'),
});

const audit = place('/audit');
const auditList = createRoute({
  getParentRoute: () => audit,
  path: '/',
  validateSearch: auditSearch,
  component: lazyRouteComponent(() => import('../pages/audit/audit-page.js'), 'AuditPage'),
});

/** Every page by its address; each is loaded when it is first opened. */
export const router = createRouter({
  basepath: '/console',
  routeTree: root.addChildren([
    start,
    leads.addChildren([leadList, lead]),
    catiCalls.addChildren([catiCallList, catiCall]),
    migrations.addChildren([migrationList, migration]),
    reviews.addChildren([reviewQueue, review]),
    storage.addChildren([storageHealth]),
    audit.addChildren([auditList]),
  ]),
  defaultErrorComponent: FaultPage,
  defaultPendingComponent: Loading,
  defaultPreload: 'intent',
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
