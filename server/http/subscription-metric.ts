import { Gauge, type Registry } from 'prom-client';

/** How many subscriptions are open over the sockets of this process. */
export function showSubscriptions(registry: Registry, sockets: { readonly subscriptionCount: number }): void {
  const gauge = new Gauge({
    name: 'earshot_subscriptions',
    help: 'Subscriptions that are open over the WebSockets of this process.',
    registers: [],
    collect() {
      this.set(sockets.subscriptionCount);
    },
  });
  registry.registerMetric(gauge);
}
