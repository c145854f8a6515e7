import { useEffect } from 'react';
import { usePage, usePlayground } from '../../kit/context';
import { focusedProblem } from '../../kit/focus';
import { OwnText } from './OwnText';
import { Predictions } from './Predictions';
import { Scores } from './Scores';
import { WrittenTexts } from './WrittenTexts';

/** What the model makes of held-out rows, before training and now; and a box for a text of one's own. */
export default function TextView() {
  const { answers } = usePlayground();
  const following = usePage((state) => state.answers.following);
  const current = usePage((state) => state.runs.find(({ id }) => id === state.current));
  const writes = usePage(focusedProblem) === 'language_model';
  // Whoever opens this wants to see it; that it costs time is said, and can be ended, here.
  useEffect(() => { if (following === undefined) answers.follow(true); }, [answers, following]);
  return (
    <div className="column">
      <section className="texts" aria-labelledby="texts-title">
        <div className="chart-head">
          <h3 id="texts-title">{writes ? 'What it writes' : 'What it reads'}</h3>
          <label className="check"><input type="checkbox" checked={following ?? false} onChange={(event) => answers.follow(event.target.checked)} /> at every evaluation</label>
        </div>
        {writes ? <WrittenTexts texts={current?.texts} /> : <Predictions />}
      </section>
      {writes && <Scores scores={current?.scores} />}
      <OwnText writes={writes} />
    </div>
  );
}
