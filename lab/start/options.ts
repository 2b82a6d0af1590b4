import { parseArgs } from 'node:util';
import { people, type Person } from '../types.ts';

/** What `npm start` was asked for: the local Kubeflow as one of its people, or a context of the user's own kubeconfig. */
export interface StartOptions {
  target: { kind: 'lab'; as: Person } | { kind: 'context'; name: string };
  /** Use the browser-based VS Code even where a desktop one is installed. */
  browser: boolean;
}

export const usage = `npm start                       a local Kubeflow, as alice
npm start -- --as PERSON        the same as ${people.join(', ')}
npm start -- --context NAME     a context of your own kubeconfig
npm start -- --browser          VS Code in the browser, even if a desktop one is installed`;

/** @throws Error with one sentence and the usage for arguments that make no sense */
export function startOptions(args: readonly string[]): StartOptions {
  const { values } = parse(args);
  const { as, context, browser = false } = values;
  if (as !== undefined && context !== undefined)
    throw wrong('--as is for the local Kubeflow, --context for your own cluster');
  if (context !== undefined) return { target: { kind: 'context', name: context }, browser };
  const person = people.find((each) => each === (as ?? 'alice'));
  if (!person) throw wrong(`nobody in the local Kubeflow is called ${as}`);
  return { target: { kind: 'lab', as: person }, browser };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: { as: { type: 'string' }, context: { type: 'string' }, browser: { type: 'boolean' } },
    });
  } catch (error) {
    throw wrong((error as Error).message);
  }
}

const wrong = (sentence: string) => new Error(`${sentence}.\n${usage}`.replace('..\n', '.\n'));
