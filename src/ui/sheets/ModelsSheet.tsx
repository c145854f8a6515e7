import { useEffect } from 'react';
import { BUILT_IN_CATALOGUE, type CatalogueEntry, HUB_CATALOGUE, TRIED_WORDS } from '../../config/catalogue';
import { bytes, digits } from '../../protocol/format';
import { usePage, usePlayground } from '../kit/context';
import { GiveModel } from '../models/GiveModel';
import { KeptModels } from '../models/KeptModels';
import { PickedAdapter } from '../models/PickedAdapter';
import { PickedModel } from '../models/PickedModel';

/** Choosing a model: one that comes with the page, one of the Hub, a folder, an address. */
export default function ModelsSheet() {
  const { models } = usePlayground();
  const picking = usePage((state) => state.picking);
  const adapting = usePage((state) => state.adapting);
  // Whoever opens the sheet again begins anew.
  useEffect(() => () => {
    models.pick(undefined);
    models.putAwayAdapter();
  }, [models]);
  return (
    <>
      <GiveModel />
      {adapting && <PickedAdapter adapting={adapting} />}
      {picking !== undefined && <PickedModel key={picking} source={picking} />}
      <KeptModels />
      <section aria-labelledby="models-built-in">
        <h3 id="models-built-in">With this page</h3>
        <List entries={BUILT_IN_CATALOGUE} />
      </section>
      <section aria-labelledby="models-hub">
        <h3 id="models-hub">On the Hugging Face Hub</h3>
        <p className="small muted">Models that the engine reads. “Only sized” means: read from its configuration, never trained here. Memory is that of the weights alone; a look tells what a run takes.</p>
        <List entries={HUB_CATALOGUE} />
      </section>
    </>
  );
}

function List({ entries }: { entries: readonly CatalogueEntry[] }) {
  const { models } = usePlayground();
  const budget = usePage((state) => state.device?.memoryBudget ?? Infinity);
  return (
    <ul className="model-list">
      {entries.map(({ source, name, purpose, parameters, weightBytes, licence, tried, gated }) => (
        <li key={source}>
          <button type="button" className="model-row" onClick={() => models.pick(source)}>
            <strong>{name}</strong>
            <span>{purpose}</span>
            <span className="small muted">
              {shortCount(parameters)} weights · {bytes(weightBytes)}{tried === 'run' ? '' : ' to fetch'} · {bytes(4 * parameters)} of memory{4 * parameters > budget ? ', too much for this adapter' : ''} · {licence}{gated ? ', gated' : ''} · {TRIED_WORDS[tried]}
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}

/** 124 M */
const shortCount = (count: number): string => (count >= 1e9 ? `${digits(count / 1e9)} G` : count >= 1e6 ? `${digits(count / 1e6)} M` : `${digits(count / 1e3)} k`);
