import type { KernelMessage } from '@jupyterlab/services';

/** A message's place in all that one process of a kernel says. */
export interface MessageMark {
  /** The kernel's process: another one after a restart. */
  process: string;
  n: number;
}

/**
 * The place that a kernel's message tells by its id: jupyter_client (Session.msg_id), on which ipykernel stands, numbers
 * all that a process says. Kernels that do not stand on it have other ids: undefined.
 */
export function markOf(message: KernelMessage.IMessage): MessageMark | undefined {
  const said = /^(.+_\d+)_(\d+)$/.exec(message.header.msg_id);
  return said ? { process: said[1]!, n: Number(said[2]) } : undefined;
}
