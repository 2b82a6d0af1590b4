import { maxOutput, type PluginEnd } from '../k8s/pluginProcess.ts';

/**
 * What the program in the terminal and the extension tell each other: one JSON text a line, over a socket that only this
 * user can reach. The program says the secret that it was given by its environment, gets its task, says how that ended and
 * is told what to say last.
 */
export interface Hello {
  secret: string;
}

/** What to run in the terminal. */
export interface SignInTask {
  file: string;
  args: string[];
  windowsVerbatimArguments: boolean;
  /** Added to the terminal's own variables; these win. */
  env: NodeJS.ProcessEnv;
  /** Whether what it prints is a secret for the extension, or for the person to read. */
  capture: boolean;
  /** Shown before it starts. */
  begin: string;
}

export interface Ended {
  end: PluginEnd;
}

export interface Farewell {
  say: string;
}

/** Room for the longest message after the greeting: JSON may write a byte as six letters. */
export const longestMessage = maxOutput * 6 + 4096;
/** Room for the greeting. */
export const longestHello = 1024;

/** Names of the variables that lead the program to the extension. */
export const addressVariable = 'KUBEFLOW_SIGN_IN_ADDRESS';
export const secretVariable = 'KUBEFLOW_SIGN_IN_SECRET';

/** A text that comes in pieces, cut into lines of JSON. A line that is too long or no JSON is an error. */
export class JsonLines {
  #rest = '';
  /** How many letters a line may have. */
  longest: number;

  constructor(longest: number) {
    this.longest = longest;
  }

  /** @throws Error when what came is none of ours */
  add(text: string): unknown[] {
    this.#rest += text;
    if (this.#rest.length > this.longest) throw new Error('a line is too long');
    const lines = this.#rest.split('\n');
    this.#rest = lines.pop() ?? '';
    return lines.map((line) => JSON.parse(line) as unknown);
  }
}

/** One message as it goes over the wire. */
export function jsonLine(message: Hello | SignInTask | Ended | Farewell): string {
  return `${JSON.stringify(message)}\n`;
}
