import {
  Button,
  DARK,
  EarshotProvider,
  LIGHT,
  RecordingPlayerBar,
  ThemeProvider,
  UploadQueueScreen,
} from '@earshot/sdk/react-native';
import { useState } from 'react';
import { SafeAreaView, useColorScheme, View } from 'react-native';
import { Screen } from './screen';
import { LeadScreen } from './screens/lead-screen';
import { LeadsScreen } from './screens/leads-screen';
import { NoteScreen } from './screens/note-screen';
import { SignInScreen } from './screens/sign-in-screen';
import type { Session } from './session';

/** Where the person is: four screens need no router. */
type Place =
  { readonly name: 'leads' | 'queue' } | { readonly name: 'lead' | 'note'; readonly leadId: string };

export function App() {
  const theme = useColorScheme() === 'dark' ? DARK : LIGHT;
  const [session, setSession] = useState<Session>();
  return (
    <ThemeProvider theme={theme}>
      <SafeAreaView style={{ flex: 1, backgroundColor: theme.surface }}>
        {session ? <SignedIn session={session} /> : <SignInScreen onSession={setSession} />}
      </SafeAreaView>
    </ThemeProvider>
  );
}

function SignedIn({ session }: { session: Session }) {
  const [place, go] = useState<Place>({ name: 'leads' });
  return (
    <EarshotProvider services={session.services}>
      <View style={{ flex: 1 }}>{screenAt(place, go, session)}</View>
      <RecordingPlayerBar />
    </EarshotProvider>
  );
}

function screenAt(place: Place, go: (place: Place) => void, session: Session) {
  const toLeads = () => go({ name: 'leads' });
  switch (place.name) {
    case 'leads':
      return (
        <Screen
          title="Leads"
          actions={<Button isQuiet title="Uploads" onPress={() => go({ name: 'queue' })} />}
        >
          <LeadsScreen onSelect={(leadId) => go({ name: 'lead', leadId })} />
        </Screen>
      );
    case 'queue':
      return (
        <Screen title="Uploads" onBack={toLeads}>
          <UploadQueueScreen />
        </Screen>
      );
    case 'lead': {
      const { leadId } = place;
      return <LeadScreen leadId={leadId} onBack={toLeads} onRecord={() => go({ name: 'note', leadId })} />;
    }
    case 'note': {
      const { leadId } = place;
      return <NoteScreen leadId={leadId} keep={session.keep} onBack={() => go({ name: 'lead', leadId })} />;
    }
  }
}
