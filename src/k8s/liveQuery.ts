import type { ResourceType } from './objects.ts';

/** What to list and watch. */
export interface LiveQuery {
  type: ResourceType;
  /** All namespaces without it. */
  namespace?: string;
  labelSelector?: string;
  fieldSelector?: string;
}
