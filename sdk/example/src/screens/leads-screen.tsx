import { callDate, PagedList, useLeads, useTheme, useWords } from '@earshot/sdk/react-native';
import { Pressable, Text, View } from 'react-native';

type LeadItem = ReturnType<typeof useLeads>['items'][number];

export function LeadsScreen({ onSelect }: { onSelect: (leadId: string) => void }) {
  const leads = useLeads({ first: 20 });
  return (
    <PagedList
      pages={leads}
      label="Leads"
      empty="No leads yet."
      renderRow={(lead) => <LeadRow lead={lead} onSelect={onSelect} />}
    />
  );
}

function LeadRow({ lead, onSelect }: { lead: LeadItem; onSelect: (leadId: string) => void }) {
  const theme = useTheme();
  const { locale } = useWords();
  const last = lead.lastContactedAt ? ` · ${callDate(lead.lastContactedAt, locale)}` : '';
  return (
    <View role="listitem" style={{ borderBottomWidth: 1, borderColor: theme.line }}>
      <Pressable
        role="button"
        onPress={() => onSelect(lead.id)}
        style={{ minHeight: 44, padding: 12, gap: 2 }}
      >
        <Text style={{ color: theme.text, fontWeight: '600' }}>{lead.name}</Text>
        <Text style={{ color: theme.muted }}>
          {lead.phone} · {lead.callCount} calls{last}
        </Text>
      </Pressable>
    </View>
  );
}
