import { useEffect } from 'react';
import { useAddress } from './address';
import { usePlayground } from './kit/context';
import { sheetOf } from './sheets/registry';
import { stepOf, TOUR } from './tour/steps';
import { FIRST_VIEW, isView, VIEWS } from './views/registry';

/** A link may name a view or a sheet that this page has not. What is shown instead is said, and its run is opened all the same. */
export function useUnknownAddress(): void {
  const { store } = usePlayground();
  const view = useAddress('view');
  const open = useAddress('open');
  const tour = useAddress('tour');
  useEffect(() => {
    if (view !== undefined && !isView(view)) store.setState({ notice: `The address asks for the view “${view}”, which this page does not have; it shows ${VIEWS[FIRST_VIEW].title}.` });
    else if (open !== undefined && !sheetOf(open)) store.setState({ notice: `The address asks to open “${open}”, which this page does not have; nothing was opened.` });
    else if (tour !== undefined && stepOf(tour) === undefined) store.setState({ notice: `The address asks for step “${tour}” of the tour, which has ${TOUR.length}; nothing was opened.` });
  }, [store, view, open, tour]);
}
