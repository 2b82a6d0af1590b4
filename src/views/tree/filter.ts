import type { ProfileView, ServerView } from '../../kubeflow/inventory.ts';
import type { ServerPhase } from '../../kubeflow/status.ts';

/** The states by which servers can be looked for, in the order of the tree's rows. */
export const filterStates = ['failing', 'waiting', 'running', 'starting', 'stopped'] as const;
export type FilterState = (typeof filterStates)[number];

/** Which servers the user wants to see: those with all of the words, in one of the states. Empty says nothing. */
export interface ServerFilter {
  readonly text: string;
  readonly states: readonly FilterState[];
}

export const noFilter: ServerFilter = { text: '', states: [] };

/** Whether the filter leaves anything out. */
export function isFilter(filter: ServerFilter): boolean {
  return filter.text.trim() !== '' || filter.states.length > 0;
}

/** What is being deleted, or of which nothing is known, is in none of these states. */
export function filterStateOf(phase: ServerPhase): FilterState | undefined {
  switch (phase) {
    case 'failing':
    case 'waiting':
    case 'running':
    case 'starting':
    case 'stopped':
      return phase;
    case 'stopping':
      return 'stopped';
    case 'deleting':
    case 'unknown':
      return undefined;
  }
}

/**
 * A filter in use. What it lets through of a profile is kept as long as the profile's servers are the same, so that
 * thousands of them are looked at once and not at each drawing.
 */
export class ActiveFilter {
  private readonly words: readonly string[];
  private readonly states: ReadonlySet<FilterState>;
  private readonly known = new WeakMap<readonly ServerView[], readonly ServerView[]>();

  constructor(readonly filter: ServerFilter) {
    this.words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
    this.states = new Set(filter.states);
  }

  /** The profile's servers that match, in their order. A word may be part of the server's, profile's or image's name. */
  of({ servers }: Pick<ProfileView, 'servers'>): readonly ServerView[] {
    const known = this.known.get(servers);
    if (known) return known;
    const matching = servers.filter((server) => this.matches(server));
    this.known.set(servers, matching);
    return matching;
  }

  matches(server: Pick<ServerView, 'name' | 'namespace' | 'image' | 'status'>): boolean {
    const state = filterStateOf(server.status.phase);
    if (this.states.size > 0 && !(state && this.states.has(state))) return false;
    if (this.words.length === 0) return true;
    const fields = [server.name, server.namespace, server.image ?? ''].map((field) => field.toLowerCase());
    return this.words.every((word) => fields.some((field) => field.includes(word)));
  }
}

/** How many servers a filter lets through, of how many. */
export interface FilterCount {
  matching: number;
  all: number;
}

export function countMatches(filter: ActiveFilter, profiles: Iterable<Pick<ProfileView, 'servers'>>): FilterCount {
  const count = { matching: 0, all: 0 };
  for (const profile of profiles) {
    count.matching += filter.of(profile).length;
    count.all += profile.servers.length;
  }
  return count;
}

/** Servers by state, for the filter's own list. */
export function countStates(profiles: Iterable<Pick<ProfileView, 'servers'>>): ReadonlyMap<FilterState, number> {
  const counts = new Map<FilterState, number>();
  for (const { servers } of profiles) {
    for (const { status } of servers) {
      const state = filterStateOf(status.phase);
      if (state) counts.set(state, (counts.get(state) ?? 0) + 1);
    }
  }
  return counts;
}
