/** The gallery of states: a page of its own, beside the playground, whose engines are made to say what real ones say when something goes wrong. */
import { createRoot } from 'react-dom/client';
import { Gallery } from './ui/gallery/Gallery';
import './ui/styles/tokens.css';
import './ui/styles/base.css';
import './ui/styles/kit.css';
import './ui/styles/transport.css';
import './ui/styles/experiment.css';
import './ui/styles/views.css';
import './ui/styles/curves.css';
import './ui/styles/masks.css';
import './ui/styles/sheets.css';
import './ui/styles/states.css';
import './ui/styles/gallery.css';

createRoot(document.getElementById('root')!).render(<Gallery />);
