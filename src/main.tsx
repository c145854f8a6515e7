import { createRoot } from 'react-dom/client';
import { createEngineClient } from './store/engineClient';
import { browserPlace, queuePlace, rememberSettings } from './store/browserPlace';
import { createPlayground } from './store/playground';
import { loadRecorded } from './store/recorded';
import { linkToOpen } from './store/settings';
import { App } from './ui/App';
import { PlaygroundContext } from './ui/kit/context';
import './ui/styles/tokens.css';
import './ui/styles/base.css';
import './ui/styles/kit.css';
import './ui/styles/transport.css';
import './ui/styles/experiment.css';
import './ui/styles/views.css';
import './ui/styles/texts.css';
import './ui/styles/compare.css';
import './ui/styles/curves.css';
import './ui/styles/masks.css';
import './ui/styles/race.css';
import './ui/styles/sheets.css';
import './ui/styles/states.css';
import './ui/styles/tour.css';

const isReload = (performance.getEntriesByType('navigation')[0] as PerformanceNavigationTiming | undefined)?.type === 'reload';
const playground = createPlayground(createEngineClient(), { ...linkToOpen(location.hash, isReload), place: browserPlace(), queuePlace });
rememberSettings(playground);
const { theme } = playground.store.getState().view;
if (theme !== 'system') document.documentElement.dataset.theme = theme;
void loadRecorded(playground);

createRoot(document.getElementById('root')!).render(
  <PlaygroundContext value={playground}>
    <App />
  </PlaygroundContext>,
);
