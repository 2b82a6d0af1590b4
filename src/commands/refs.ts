import type { ServerRef } from '../editor/connections.ts';

/** Names a profile, or the namespace that stands for one, wherever its row is. */
export interface ProfileRef {
  context: string;
  profile: string;
}

export function isServerRef(argument: unknown): argument is ServerRef {
  return hasTexts(argument, ['context', 'namespace', 'name'] satisfies (keyof ServerRef)[]);
}

export function isProfileRef(argument: unknown): argument is ProfileRef {
  return hasTexts(argument, ['context', 'profile'] satisfies (keyof ProfileRef)[]);
}

function hasTexts(argument: unknown, keys: readonly string[]): boolean {
  if (typeof argument !== 'object' || argument === null) return false;
  return keys.every((key) => typeof (argument as Record<string, unknown>)[key] === 'string');
}
