import { closeSheet, showTour } from '../address';
import { KeptHere } from './KeptHere';
import { usePage, usePlayground } from '../kit/context';

const KEYS = [['Space', 'start, pause, resume'], ['S', 'one step'], ['R', 'reset'], ['← →', 'move the cursor when a chart has the focus, or choose another view'], ['?', 'this help']] as const;

/** What one has to know to read the page, for who meets it here for the first time. */
const WORDS = [
  ['held-out rows', 'Rows that the model never trains on. Their loss shows what it has understood, not what it knows by heart.'],
  ['loss', 'How far the model is from the right answers; lower is better. Guessing between two answers costs 0.69.'],
  ['gap', 'Held-out loss minus training loss, both measured with dropout off. It grows while rows are learned by heart.'],
  ['LoRA', 'Beside a frozen matrix stands the product of two narrow ones, A and B, r wide. Only these and the head are trained.'],
  ['logits, weights', 'In attention every token (query) scores the others (keys): the logits. The softmax turns each row of scores into shares, the weights.'],
  ['FFN output', 'What the feed-forward block of a layer adds to each token.'],
  ['second pass, KL', 'The same batch is run once more under other masks, and a term of the loss pulls the two answers together. KL measures how far they are apart.'],
  ['seed', 'Decides everything random: data, first weights, order of rows, masks. The same seed gives the same run.'],
] as const;

/** The tour lies on the page that the sheet covers: it begins once going back from the sheet has come to its end. */
function tour() {
  const begin = () => {
    removeEventListener('popstate', begin);
    showTour(1);
  };
  if ((history.state as { opened?: boolean } | null)?.opened) addEventListener('popstate', begin);
  closeSheet();
  if (!(history.state as { opened?: boolean } | null)?.opened) begin();
}

/** What the page is for, its keys and its words. */
export default function HelpSheet() {
  const { setView } = usePlayground();
  const pause = usePage((state) => state.view.pauseWhenHidden);
  return (
    <>
      <p className="say">A small pretrained transformer learns a text task on your own GPU. Its weights stay frozen, unless you choose otherwise; only small low-rank matrices (LoRA) and the task’s head are trained.</p>
      <p className="say">With few rows it soon learns them by heart: loss on training rows goes on falling while loss on held-out rows turns up. Dropout hides parts of the network during training so that this happens later, or not at all. Where it hides what is the dropout sentence.</p>
      <p className="say">Nothing here can break. Press Start, change a word, start again: the next run is drawn over the last. <strong>Curves</strong> shows what happened, <strong>Inside</strong> what a mask takes from one sentence.</p>
      <p><button type="button" className="button" onClick={tour}>A tour in six steps</button></p>
      <dl className="keys">{KEYS.map(([key, what]) => <div key={key}><dt><kbd>{key}</kbd></dt><dd>{what}</dd></div>)}</dl>
      <details className="more">
        <summary>Words used here</summary>
        <dl className="glossary">{WORDS.map(([word, meaning]) => <div key={word}><dt>{word}</dt><dd>{meaning}</dd></div>)}</dl>
      </details>
      <label className="check"><input type="checkbox" checked={pause} onChange={(event) => setView({ pauseWhenHidden: event.target.checked })} /> Pause while this tab is hidden</label>
      <KeptHere />
    </>
  );
}
