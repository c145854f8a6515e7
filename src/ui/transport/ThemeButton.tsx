import { useEffect } from 'react';
import type { ViewSettings } from '../../store/state';
import { Icon } from '../kit/Icon';
import { usePage, usePlayground } from '../kit/context';

const NEXT: Record<ViewSettings['theme'], ViewSettings['theme']> = { system: 'light', light: 'dark', dark: 'system' };
const ICON = { system: 'auto', light: 'sun', dark: 'moon' } as const;

export function ThemeButton() {
  const { setView } = usePlayground();
  const theme = usePage((state) => state.view.theme);
  useEffect(() => {
    if (theme === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
  }, [theme]);
  const label = `Theme: ${theme === 'system' ? 'as the system' : theme}; switch to ${NEXT[theme] === 'system' ? 'as the system' : NEXT[theme]}`;
  return <button type="button" className="button plain icon" aria-label={label} title={label} onClick={() => setView({ theme: NEXT[theme] })}><Icon name={ICON[theme]} /></button>;
}
