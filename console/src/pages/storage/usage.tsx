import { useQuery } from '@tanstack/react-query';
import { client } from '../../app/client.js';
import { Answer } from '../../ui/answer.js';
import { Bars } from '../../ui/bars.js';
import { Facts } from '../../ui/facts.js';
import { formatBytes, formatMoney, formatNumber } from '../../ui/format.js';
import { Section } from '../../ui/section.js';
import { TEXT } from './text.js';

export function Usage() {
  const query = useQuery({
    queryKey: ['storage-usage'],
    queryFn: ({ signal }) => client.storageUsage({ signal }),
  });
  return (
    <Section title={TEXT.usage}>
      <Answer query={query}>
        {({ objects, bytes, estimatedMonthlyCost, byMonth }) => (
          <>
            <Facts
              facts={[
                [TEXT.objects, formatNumber(objects)],
                [TEXT.bytes, formatBytes(bytes)],
                [TEXT.cost, formatMoney(estimatedMonthlyCost)],
              ]}
            />
            <Bars
              label={TEXT.months}
              by={TEXT.month}
              count={TEXT.bytes}
              bars={byMonth.map((month) => ({
                name: month.month,
                value: month.bytes,
                text: `${formatBytes(month.bytes)} (${formatNumber(month.objects)})`,
              }))}
            />
          </>
        )}
      </Answer>
    </Section>
  );
}
