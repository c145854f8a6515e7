import { useEffect, useRef, useState } from 'react';
import { steady } from '../../protocol/format';
import { useThemeKey } from '../kit/context';
import { hatch, sharpContext, themeColours } from '../kit/paint';

interface Props {
  label: string;
  rows: number;
  columns: number;
  /** Value of a cell; undefined draws a plain kept cell. */
  values: ArrayLike<number> | undefined;
  /** Diverging: blue above zero, orange below. Otherwise blue from 0 to 1. */
  diverging?: boolean;
  /** Value of the strongest colour of a diverging picture; left out: the largest one that is shown. */
  largest?: number;
  dropped: Uint8Array | undefined;
  /** 0 where there is nothing to show: what a query cannot see. */
  allowed?: Uint8Array;
  /** Values under the hatching, drawn faintly. */
  under?: ArrayLike<number>;
  spared?: readonly boolean[];
  /** Says what a cell is, for the line under the picture. */
  describe(row: number, column: number): string;
  size: number;
  height?: number;
}

/** A matrix as coloured cells; hatched where something was dropped. */
export function MatrixCanvas({ label, rows, columns, values, diverging = false, largest: given, dropped, allowed, under, spared, describe, size, height = size }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const theme = useThemeKey();
  const [pointed, setPointed] = useState<string>();
  const largest = diverging && values ? given ?? Math.max(1e-6, ...Array.from(values, (value, index) => (allowed?.[index] === 0 ? 0 : Math.abs(value)))) : 1;

  useEffect(() => {
    const element = canvas.current;
    const context = element && sharpContext(element, size, height);
    if (!element || !context) return;
    const colours = themeColours(element, ['kept', 'negative', 'hatch', 'sunk', 'ink']);
    const width = size / columns;
    const tall = height / rows;
    context.fillStyle = colours.sunk;
    context.fillRect(0, 0, size, height);
    for (let index = 0; index < rows * columns; index++) {
      const x = (index % columns) * width;
      const y = Math.floor(index / columns) * tall;
      if (allowed?.[index] === 0) {
        context.clearRect(x, y, width, tall);
        continue;
      }
      const gone = dropped?.[index] === 1;
      const value = values ? (gone && under ? under[index] : values[index]) : 0.1;
      context.globalAlpha = Math.min(1, diverging ? Math.abs(value) / largest : Math.sqrt(Math.max(0, value))) * (gone ? 0.22 : 1);
      context.fillStyle = diverging && value < 0 ? colours.negative : colours.kept;
      context.fillRect(x + 0.5, y + 0.5, width - 1, tall - 1);
      context.globalAlpha = 1;
      if (gone) hatch(context, x, y, width, tall, colours.hatch, 3.5);
    }
    // A query that would have lost every key keeps them all: a dotted frame says so.
    spared?.forEach((is, row) => {
      if (!is) return;
      context.setLineDash([2, 2]);
      context.strokeStyle = colours.ink;
      context.strokeRect(0.5, row * tall + 0.5, size - 1, tall - 1);
    });
  }, [rows, columns, values, diverging, largest, dropped, allowed, under, spared, size, height, theme]);

  const point = (event: React.PointerEvent<HTMLCanvasElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const column = Math.min(columns - 1, Math.max(0, Math.floor(((event.clientX - box.left) / box.width) * columns)));
    const row = Math.min(rows - 1, Math.max(0, Math.floor(((event.clientY - box.top) / box.height) * rows)));
    const index = row * columns + column;
    if (allowed?.[index] === 0) return setPointed(`${describe(row, column)}: comes later, not seen`);
    const value = values ? `: ${steady(dropped?.[index] ? (under ?? values)[index] : values[index])}` : '';
    return setPointed(`${describe(row, column)}${value}${dropped?.[index] ? ', dropped' : ''}`);
  };
  return (
    <div className="matrix">
      <canvas ref={canvas} role="img" aria-label={label} onPointerMove={point} onPointerLeave={() => setPointed(undefined)} />
      {values && <span className={`matrix-scale${diverging ? ' diverging' : ''}`} aria-hidden="true"><em>{diverging ? steady(-largest) : '0'}</em><i /><em>{steady(largest)}</em></span>}
      <span className="matrix-readout">{pointed ?? '\u00a0'}</span>
    </div>
  );
}
