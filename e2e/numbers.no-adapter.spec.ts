/** Numbers that people type, and values that are none. Neither needs a GPU. */
import { readFile } from 'node:fs/promises';
import { isAccessible } from './support/accessible';
import { expect, test } from './support/page';
import { linkTo, TINY } from './support/playground';

test('boxes take numbers as people write them, and say what they cannot take', async ({ page, playground }) => {
  await playground.goto(linkTo({ ...TINY, 'optimizer.steps': 200 }));
  await playground.unfold('Data', 'Model', 'Optimizer');
  const box = (label: string) => page.getByRole('textbox', { name: label, exact: true });
  const typed = async (label: string, text: string) => {
    await box(label).fill(text);
    await box(label).press('Enter');
  };
  for (const [label, text, shown] of [['Training rows, value', '2,048', '2048'], ['Steps, value', '10.000', '10000'], ['Seed', '12\u202f000', '12000'], ['Learning rate, value', '0,003', '0.003'], ['Learning rate, value', '5·10⁻³', '0.005']]) {
    await typed(label, text);
    await expect(box(label)).toHaveValue(shown);
    await expect(box(label)).toHaveAttribute('aria-invalid', 'false');
  }
  await expect(page.getByRole('alert')).toHaveCount(0);

  const rate = box('Learning rate, value');
  await typed('Learning rate, value', '1,000');
  await expect(rate).toHaveValue('1,000');
  await expect(rate).toHaveAttribute('aria-invalid', 'true');
  await expect(rate).toHaveAccessibleDescription('“1,000” could mean 1 or 1000; write the one that you mean. Until then it stays 0.005.');
  await expect(page.getByRole('alert')).toHaveText(/could mean 1 or 1000/);
  await isAccessible(page);
  // What was shared meanwhile is what is in force.
  expect(await playground.link()).toContain('optimizer.learningRate=0.005');
  await rate.press('Escape');
  await expect(rate).toHaveValue('0.005');
  await expect(page.getByRole('alert')).toHaveCount(0);

  const rank = box('Rank r, value');
  await rank.fill('300');
  await rank.blur();
  await expect(rank).toHaveAccessibleDescription('“300” is out of range; choose a whole number from 1 to 256. Until then it stays 8.');
  await rank.fill('30');
  await expect(rank).toHaveAttribute('aria-invalid', 'false');
  await rank.press('ArrowUp');
  await expect(rank).toHaveValue('31');
  await expect(page.getByRole('alert')).toHaveCount(0);
});

test('a value that is not a number breaks its line, and is said once', async ({ page, playground }) => {
  await playground.goto('');
  await playground.bring('run.json', await readFile('src/fixtures/saved/record-with-a-hole.json'));
  const piecesOf = async (chart: string) => {
    const paths = await page.locator(`.${chart} path.recharts-curve[d]`).evaluateAll((lines) => lines.map((line) => [Number(line.getAttribute('stroke-width')), line.getAttribute('d')!.match(/M/g)!.length]));
    return paths;
  };
  await expect(page.locator('.chart-loss .recharts-line-curve')).not.toHaveCount(0);
  expect(await piecesOf('chart-loss')).toEqual(expect.arrayContaining([[2.6, 2], [1.5, 1]]));
  expect(await piecesOf('chart-gap')).toEqual([[2, 2], [2, 2]]);
  expect(await piecesOf('chart-metric')).toEqual([[2.6, 2]]);
  await expect(page.locator('.finding')).toContainText('Not a number, and a hole in the curves: held-out loss at step 100; held-out accuracy at step 100.');
  expect((await playground.download('CSV')).split('\r\n')).toContain('hole,with a hole,100,2,heldOutLoss,');
});
