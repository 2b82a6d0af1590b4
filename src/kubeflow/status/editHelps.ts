import type { ServerStatus } from './statusCause.ts';

/** Can the user help the server by changing what it asks for? A GPU that is not free can be waited for, or asked for less of. */
export function editHelps({ cause, remedy }: ServerStatus): boolean {
  return remedy === 'edit' || cause.code === 'noNodeFits' || cause.code === 'quotaExceeded';
}
