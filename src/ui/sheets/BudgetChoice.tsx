import { useState } from 'react';
import { budgetProblem, type DeviceInfo, GIB } from '../../protocol/deviceMessages';
import { bytes, digits } from '../../protocol/format';
import { readNumber } from '../../protocol/typedNumber';
import { usePage, usePlayground } from '../kit/context';

/** How much memory runs may take. No browser says how much an adapter has, so a person who knows may say so. */
export function BudgetChoice({ device }: { device: DeviceInfo }) {
  const { setView } = usePlayground();
  const chosen = usePage((state) => state.view.budget);
  const [typed, setTyped] = useState<string>();
  const [trouble, setTrouble] = useState<string>();
  const take = () => {
    if (typed === undefined) return;
    const read = readNumber(typed, false);
    const problem = read.ok ? budgetProblem(read.value, device) : read.sentence;
    setTrouble(problem);
    if (problem !== undefined || !read.ok) return;
    setView({ budget: read.value });
    setTyped(undefined);
  };
  const takeUsual = () => {
    setView({ budget: undefined });
    setTyped(undefined);
    setTrouble(undefined);
  };
  return (
    <section aria-labelledby="device-budget">
      <h3 id="device-budget">Memory budget</h3>
      <form className="table-paste" onSubmit={(event) => { event.preventDefault(); take(); }}>
        <input
          type="text" inputMode="decimal" autoComplete="off" aria-labelledby="device-budget" aria-invalid={trouble !== undefined} aria-describedby="device-budget-why" className="number-box"
          value={typed ?? digits(device.memoryBudget / GIB, 4)} onChange={({ target }) => setTyped(target.value)}
        />
        <span>GiB</span>
        <button type="submit" className="button" disabled={typed === undefined}>Set</button>
        {chosen !== undefined && <button type="button" className="button" onClick={takeUsual}>Take the usual {bytes(device.usualBudget)}</button>}
      </form>
      <p className="small muted" id="device-budget-why" role={trouble === undefined ? undefined : 'alert'}>
        {trouble === undefined ? 'What a run may take, predicted before Start. No adapter says what is free, so the usual is careful: raise it where you know that there is more.' : `${trouble}.`}
      </p>
    </section>
  );
}
