import { createRoot } from 'react-dom/client';
import {
  EarshotProvider,
  ENGLISH,
  HINDI,
  RecordingList,
  RecordingPlayer,
  WordsProvider,
} from '../../../sdk/react/index.js';
import { pageServices, pageSettings } from './page-services.js';

const settings = pageSettings();
const services = await pageServices(settings);

createRoot(document.querySelector('#root') ?? document.body).render(
  <EarshotProvider services={services}>
    <WordsProvider words={settings.isHindi ? HINDI : ENGLISH}>
      <RecordingList pageSize={2} />
      <RecordingPlayer
        track={settings.id === '' ? undefined : { callLogId: settings.id, title: 'One call' }}
      />
    </WordsProvider>
  </EarshotProvider>,
);
