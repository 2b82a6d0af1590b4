import type { Connections } from '../../editor/connections.ts';
import type { OwnKernels } from '../../editor/ownKernels.ts';
import type { Logger } from '../../k8s/log.ts';
import type { Session } from '../../kubeflow/sessions.ts';
import type { Rights } from '../rights.ts';
import type { Translate } from '../words.ts';
import type { ActiveFilter } from './filter.ts';
import type { TreeNode } from './node.ts';

/** What the rows of one context stand on. */
export interface TreeParts {
  session: Session;
  rights: Rights;
  connections: Connections;
  ownKernels: OwnKernels;
  logger: Logger;
  t: Translate;
  now: () => Date;
  /** Namespaces that the user added by hand to this context. */
  added: () => readonly string[];
  /** What the user looks for; undefined while everything is shown. */
  filter: () => ActiveFilter | undefined;
  /** Draws a row and what is below it again, soon and in one go with others. */
  refresh: (node: TreeNode) => void;
}
