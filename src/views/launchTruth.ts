/** What can be said of a server on its way up, line by line: what is going on, and what it was when it is over. Pure. */
import type { PersistentVolumeClaim } from '../k8s/objects.ts';
import type { ServerView } from '../kubeflow/inventory.ts';
import { annotations } from '../kubeflow/objects.ts';
import type { StatusCauseCode } from '../kubeflow/status/statusCause.ts';
import type { ProgressLine } from '../../webview-ui/contract.ts';
import { statusSentence, statusShort } from './words.ts';
import type { Translate } from './words.ts';
import { shortImage } from './words/amounts.ts';
import { answeringWords, boundWords, overWords } from './words/launch.ts';

export interface StateLine extends Pick<ProgressLine, 'text' | 'state' | 'detail'> {
  code: StatusCauseCode;
  /** What the line says once the state is over. */
  over: string;
}

/** The state that a server is in, as a line; a server that waits or fails says why and what to do. */
export function stateLine(t: Translate, server: ServerView, now: Date): StateLine {
  const { status } = server;
  const { cause, phase } = status;
  const trouble = phase === 'waiting' || phase === 'failing';
  const said = statusSentence(t, status, { now, node: nodeOf(server), image: server.image });
  const image = cause.code === 'pullingImage' && cause.image ? shortImage(cause.image) : undefined;
  const text = image ? t('Pulling {0}', image) : statusShort(t, cause) || said;
  const over = image ? t('Pulled {0}', image) : (overWords(t, cause.code) ?? text);
  const state = phase === 'failing' ? 'failed' : trouble ? 'waiting' : 'running';
  return { code: cause.code, text, over, state, ...(trouble ? { detail: said } : {}) };
}

/** The node that a server's pod was given to, once it was. */
export function nodeOf({ pod }: Pick<ServerView, 'pod'>): string | undefined {
  return pod?.spec?.nodeName;
}

/**
 * The launch's volumes as a line; undefined where it makes none. One that waits for its first consumer is bound after a
 * node was found, which is no trouble.
 */
export function volumesLine(
  t: Translate,
  names: readonly string[],
  claims: readonly PersistentVolumeClaim[],
): { text: string; state: 'running' | 'done' } | undefined {
  if (names.length === 0) return undefined;
  const bound = names.every((name) => claims.find((c) => c.metadata.name === name)?.status?.phase === 'Bound');
  return { text: boundWords(t, names, bound), state: bound ? 'done' : 'running' };
}

/** Does the server run as far as Kubernetes can tell? Then it is asked. */
export function isUp({ status }: ServerView): boolean {
  return status.phase === 'running' || (status.phase === 'starting' && status.cause.code === 'notAnswering');
}

/** Waiting for the program in the server to answer, and that it does. */
export function answeringLine(t: Translate, server: ServerView): { text: string; over: string } {
  return answeringWords(t, server.notebook.metadata.annotations?.[annotations.serverType]);
}
