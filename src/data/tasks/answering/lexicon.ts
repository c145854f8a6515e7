/** What somebody does: in the past, and in a question. */
export const DEEDS = [
  ['sang', 'sing'], ['slept', 'sleep'], ['ate', 'eat'], ['danced', 'dance'], ['worked', 'work'], ['waited', 'wait'], ['rested', 'rest'], ['played', 'play'],
  ['cooked', 'cook'], ['swam', 'swim'], ['wrote', 'write'], ['talked', 'talk'], ['painted', 'paint'], ['shopped', 'shop'], ['camped', 'camp'], ['studied', 'study'],
] as const;

/** What can be told beside it, by the word that asks for it. */
export const CIRCUMSTANCES: Readonly<Record<string, readonly string[]>> = {
  where: ['in the park', 'at the station', 'near the river', 'in the kitchen', 'on the roof', 'at the market'],
  when: ['on monday', 'in winter', 'last night', 'at noon', 'in april', 'before dawn'],
  why: ['for money', 'out of love', 'for fun', 'out of habit', 'for charity', 'out of fear'],
  how: ['slowly', 'badly', 'gladly', 'quietly', 'proudly', 'carefully'],
};
export const ASKING = Object.keys(CIRCUMSTANCES);
