import { linkOf } from '../../../config/url';
import { effectiveConfig } from '../../../store/runList';
import type { RunInfo } from '../../../store/state';
import { download } from '../../download';
import { usePlayground } from '../../kit/context';
import { chartPng, type MadePicture } from './chartPicture';

/** What was run, as a picture says it below itself. */
export const settingsOf = (run: RunInfo): string[] => [`${run.name} · seed ${run.config.seed} · ${run.device}`, `#${linkOf(effectiveConfig(run))}`];

/** A chart as a file. @param make undefined before it is drawn */
export function SavePicture({ title, make, note }: { title: string; make(): MadePicture | undefined; note?: string }) {
  const { store } = usePlayground();
  const save = async (kind: 'svg' | 'png') => {
    const made = make();
    if (!made) return;
    const name = `${title.toLowerCase().replace(/[^a-z0-9]+/g, '-')}.${kind}`;
    if (kind === 'svg') download(made.text, name, 'image/svg+xml');
    else await chartPng(made).then((picture) => download(picture, name, 'image/png'), (error: unknown) => store.setState({ notice: `This browser draws no PNG of the chart (${(error as Error).message}); take the SVG.` }));
  };
  return (
    <p className="picture-buttons">
      <button type="button" className="button" aria-label={`${title}: save as PNG`} onClick={() => void save('png')}>PNG</button>
      <button type="button" className="button" aria-label={`${title}: save as SVG`} onClick={() => void save('svg')}>SVG</button>
      {note && <span className="small muted">{note}</span>}
    </p>
  );
}
