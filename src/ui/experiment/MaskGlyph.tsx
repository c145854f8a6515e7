import { useEffect, useRef } from 'react';
import { type DropoutRule, type Position, rateOf } from '../../config/dropout';
import { digits } from '../../protocol/format';
import { allowedKeys, attentionMask, tokenMask } from '../../store/maskGrid';
import { useQuietStep, useThemeKey, usePage } from '../kit/context';
import { shapeOf } from '../kit/focus';
import { hatch, sharpContext, themeColours } from '../kit/paint';
import { isAttention, patternWord } from './words';

const CELLS = 12;

/** The mask that this rule draws at the current step, on a sentence of twelve tokens: hatched is dropped. */
export function MaskGlyph({ position, rule, size = 76 }: { position: Position; rule: DropoutRule; size?: number }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const seed = usePage((state) => state.draft.seed);
  const step = useQuietStep();
  const theme = useThemeKey();
  const { layers, decoder } = usePage(shapeOf);
  const { steps, accumulation } = usePage((state) => state.draft.optimizer);
  const { pattern, fromLayer: layer = 0 } = rule;
  const p = rateOf(rule, layer, layers, step, steps);
  useEffect(() => {
    const element = canvas.current;
    const context = element && sharpContext(element, size, size);
    if (!element || !context) return;
    const colours = themeColours(element, ['tint', 'hatch', 'line']);
    const here = { p, pattern };
    const draw = { seed, step: step * accumulation, layer };
    const blank = decoder && isAttention(position) ? allowedKeys(CELLS, true) : undefined;
    const keep = isAttention(position)
      ? attentionMask(position as 'logits' | 'weights', here, draw, { sample: 0, head: 0, heads: 4, tokens: CELLS, n: CELLS, causal: decoder }).keep
      // Tokens run across, as keys do, so that a dropped token looks the same at every position.
      : transposed(tokenMask(position, here, draw, { sample: 0, tokens: CELLS, width: CELLS, n: CELLS }, CELLS, position.startsWith('lora') ? 'q' : undefined));
    const cell = size / CELLS;
    keep.forEach((kept, index) => {
      // What a query cannot see is neither kept nor dropped.
      if (blank?.[index] === 0) return;
      const x = (index % CELLS) * cell;
      const y = Math.floor(index / CELLS) * cell;
      if (kept) {
        context.fillStyle = colours.tint;
        context.fillRect(x + 0.75, y + 0.75, cell - 1.5, cell - 1.5);
      } else hatch(context, x, y, cell, cell, colours.hatch, 3);
    });
  }, [position, p, pattern, layer, decoder, seed, step, accumulation, theme, size]);
  return <canvas ref={canvas} className="glyph" role="img" aria-label={`Mask at step ${step}: ${patternWord(position, pattern)} dropped with chance ${digits(p)}; tokens across`} />;
}

function transposed(grid: Uint8Array): Uint8Array {
  return grid.map((_, index) => grid[(index % CELLS) * CELLS + Math.floor(index / CELLS)]);
}
