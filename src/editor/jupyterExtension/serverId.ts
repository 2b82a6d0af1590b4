import { decodeContext, encodeContext, type ServerRef } from '../address.ts';

/**
 * A server's id in the collection: context/namespace/name. The Jupyter extension remembers notebooks' kernels by it, and
 * puts it into a URL, so it is the same for ever and plain ASCII.
 */
export function serverId({ context, namespace, name }: ServerRef): string {
  return `${encodeContext(context)}/${namespace}/${name}`;
}

/** The server that an id names; undefined for what is no such id. */
export function parseServerId(id: string): ServerRef | undefined {
  const [encoded = '', namespace, name, ...more] = id.split('/');
  const context = decodeContext(encoded);
  return context && namespace && name && more.length === 0 ? { context, namespace, name } : undefined;
}
