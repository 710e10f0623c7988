import { useState, type ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import { Text, View } from 'react-native';
import {
  CatiCallDetail,
  CatiCallList,
  DARK,
  EarshotProvider,
  ENGLISH,
  HINDI,
  LIGHT,
  MicrophonePermission,
  nativePermission,
  PermissionGate,
  RecordingList,
  RecordingPlayerBar,
  ReviewForm,
  ThemeProvider,
  UploadQueueScreen,
  useTheme,
  WordsProvider,
} from '../../../sdk/react-native/index.js';
import type { CatiCall } from '../../../sdk/core/index.js';
import { pageServices, pageSettings } from './page-services.js';

/** A phone whose person and system the test plays. */
const phone = {
  status: 'undetermined',
  canAskAgain: true,
  /** What the person answers next. */
  answer: { status: 'granted', canAskAgain: true },
  openedSettings: 0,
  activate: (_state: string): void => undefined,
};
const answer = () => ({
  granted: phone.status === 'granted',
  canAskAgain: phone.canAskAgain,
  status: phone.status,
});
const permission = new MicrophonePermission(
  nativePermission({
    audio: {
      getRecordingPermissionsAsync: () => Promise.resolve(answer()),
      requestRecordingPermissionsAsync: () => {
        Object.assign(phone, phone.answer);
        return Promise.resolve(answer());
      },
    },
    Linking: {
      openSettings: () => {
        phone.openedSettings += 1;
        return Promise.resolve();
      },
    },
    AppState: {
      addEventListener: (_type, listener) => {
        phone.activate = listener;
        return { remove: () => undefined };
      },
    },
  }),
);
Object.assign(globalThis, { phone });

function Words({ children }: { readonly children: string }): ReactNode {
  const { text } = useTheme();
  return <Text style={{ color: text }}>{children}</Text>;
}

/** The quality agent's way: the list, then a call with a form of the app's own. */
function CatiScreen(): ReactNode {
  const [id, setId] = useState<string>();
  if (id === undefined) return <CatiCallList pageSize={3} onSelect={(call) => setId(call.id)} />;
  const renderReview = (call: CatiCall): ReactNode => (
    <>
      <Words>{`Review of ${call.callId}`}</Words>
      <ReviewForm catiCallId={call.id} />
    </>
  );
  return <CatiCallDetail id={id} renderReview={renderReview} />;
}

const SCREENS: Readonly<Record<string, ReactNode>> = {
  recordings: (
    <>
      <RecordingList pageSize={2} />
      <RecordingPlayerBar />
    </>
  ),
  queue: <UploadQueueScreen />,
  permission: (
    <PermissionGate permission={permission}>
      <Words>Recording can begin</Words>
    </PermissionGate>
  ),
  cati: <CatiScreen />,
};

const settings = pageSettings();
const services = await pageServices(settings);
const theme = settings.isDark ? DARK : LIGHT;

createRoot(document.querySelector('#root') ?? document.body).render(
  <EarshotProvider services={services}>
    <WordsProvider words={settings.isHindi ? HINDI : ENGLISH}>
      <ThemeProvider theme={theme}>
        <View style={{ flex: 1, backgroundColor: theme.surface }}>{SCREENS[settings.screen]}</View>
      </ThemeProvider>
    </WordsProvider>
  </EarshotProvider>,
);
