import { spawn } from 'node:child_process';
import type { ControlClient } from './client.ts';
import type { Certified } from './cluster/certificate.ts';
import { remoteAddress } from './cluster/ports.ts';
import type { RunFolder } from './folders.ts';
import type { ComponentAction, ComponentName, FaultRule, LabState, NetworkPath, Person } from './types.ts';

/** The proxy in front of the API server; kubeconfigs `{ at: 'proxy' }` lead through it. */
export interface FaultProxy {
  readonly url: string;
  /** Adds a rule behind those that are there. */
  set(rule: FaultRule): Promise<void>;
  /** How many matches it takes until every rule with `times` is used up. */
  left(): Promise<number>;
  /** Forgets all rules and lets go what was silent. */
  clear(): Promise<void>;
  /** The number of open connections. */
  connections(): Promise<number>;
  /** Cuts all open connections. */
  cut(): Promise<void>;
  /** What the network before the proxy does from now on. */
  path(state: NetworkPath): Promise<void>;
  /** Shows another certificate to connections that come; its own again when none is given. */
  certificate(other?: Certified): Promise<void>;
}

/** A running lab. */
export class Lab {
  readonly run: string;
  /** The API server as a client on the same machine sees it: https://127.0.0.1:PORT. */
  readonly server: string;
  /** The same API server on 127.0.0.2, which clients treat as any other address. */
  readonly remoteServer: string;
  readonly proxy: FaultProxy;
  /** How long the boot took. */
  readonly bootSeconds: number;

  constructor(
    private readonly folder: RunFolder,
    state: LabState,
    private readonly control: ControlClient,
    private readonly end: () => Promise<unknown>,
  ) {
    this.run = folder.root;
    this.server = `https://127.0.0.1:${state.ports.api}`;
    this.remoteServer = `https://${remoteAddress}:${state.ports.api}`;
    this.bootSeconds = state.bootSeconds ?? 0;
    this.proxy = {
      url: `https://127.0.0.1:${state.ports.proxy}`,
      set: (rule) => control.send('POST', '/proxy/rules', rule),
      left: () => control.send('GET', '/proxy/left'),
      clear: () => control.send('DELETE', '/proxy/rules'),
      connections: () => control.send('GET', '/proxy/connections'),
      cut: () => control.send('POST', '/proxy/cut'),
      path: (state) => control.send('POST', '/proxy/path', state),
      certificate: (other) => control.send('POST', '/proxy/certificate', other ?? null),
    };
  }

  /** The path of somebody's kubeconfig. @param o.at which way to the API server; `local` when not given */
  kubeconfig(who: Person, o: { at?: 'local' | 'remote' | 'proxy' } = {}): string {
    return this.folder.kubeconfig(who, o.at);
  }

  /**
   * Runs kubectl and gives its output.
   * @param o.as whose kubeconfig; admin's when not given
   * @param o.input its standard input, for `-f -`
   * @throws Error with what kubectl said
   */
  kubectl(args: string[], o: { as?: Person; input?: string } = {}): Promise<string> {
    return new Promise((resolve, reject) => {
      const child = spawn(this.folder.program('kubectl'), [`--cache-dir=${this.folder.in('kubectl-cache')}`, ...args], {
        env: { ...process.env, KUBECONFIG: this.kubeconfig(o.as ?? 'admin') },
      });
      let output = '';
      let problem = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
      child.stderr.setEncoding('utf8').on('data', (text: string) => (problem += text));
      child.on('error', reject);
      child.on('close', (code, signal) => {
        if (code === 0) resolve(output);
        else
          reject(
            new Error(`kubectl ${args.join(' ')} ended with ${signal ?? code}: ${problem.trim() || output.trim()}`),
          );
      });
      // kubectl may end before it has read everything; what it says about that is in its output.
      child.stdin.on('error', () => undefined).end(o.input);
    });
  }

  /**
   * Does to a program of the control plane what a fault does. An API server that was started is ready when it resolves.
   * @throws Error when that program does not run and is not to be started
   */
  async component(name: ComponentName, action: ComponentAction): Promise<void> {
    await this.control.send('POST', '/component', { name, action });
  }

  /** Ends the lab and every process of it. */
  async stop(): Promise<void> {
    await this.end();
  }
}
