/** Finding one of many choices. Pure. */
import type { Choice } from './controls.ts';

/** A list this long is searched and not scrolled. */
export const searchedFrom = 16;

/** The choices that have every word of the text in their label or value, in their order. */
export function matching(choices: readonly Choice[], text: string): Choice[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return choices.filter(({ value, label }) => {
    const searched = `${label} ${value}`.toLowerCase();
    return words.every((word) => searched.includes(word));
  });
}
