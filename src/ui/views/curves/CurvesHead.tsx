import { useMedia } from '../../kit/context';
import { ChartToolbar } from './ChartToolbar';

/** The column's title, and beside it how the curves are drawn; on a phone the curves come before such questions. */
export function CurvesHead() {
  const narrow = useMedia('(max-width: 40rem)');
  return (
    <div className="curves-head">
      <h2 className="column-title">Curves</h2>
      {narrow ? <details className="more"><summary>Smoothing and axes</summary><ChartToolbar /></details> : <ChartToolbar />}
    </div>
  );
}
