import type { Answer, Right } from '../access.ts';
import type { TlsFacts } from '../dial.ts';
import type { KubeProblem } from '../errors.ts';
import type { ProxyOrigin } from '../proxyTrouble.ts';

/** In the order in which they are taken. */
export const stepNames = [
  'kubeconfig',
  'credentials',
  'dns',
  'proxy',
  'tcp',
  'tls',
  'authentication',
  'version',
  'types',
  'rights',
  'portForward',
  'podProxy',
] as const;
export type StepName = (typeof stepNames)[number];

export type Outcome = 'ok' | 'warning' | 'failed' | 'skipped';

/** How the kubeconfig says who we are. */
export type CredentialKind = 'token' | 'tokenFile' | 'certificate' | 'password' | 'plugin' | 'provider' | 'none';

/** What each step has found out; none of it is secret. */
export interface Facts {
  kubeconfig: { files: readonly string[]; context: string; cluster: string; user: string; server: string };
  credentials: { kind: CredentialKind; command?: string; impersonates?: string };
  /** `addresses` of an address is itself. */
  dns: { name: string; of: 'server' | 'proxy'; addresses: readonly string[] };
  /** Empty: none is needed. */
  proxy: { name?: string; from?: ProxyOrigin };
  tcp: { address: string; through?: string };
  /** Empty: the address is a plain http one. */
  tls: Partial<TlsFacts> & { authority?: 'kubeconfig' | 'computer' };
  /** Without a user: the server believes us, and does not say who we are to it. */
  authentication: { user?: string; groups: readonly string[] };
  /** 'fits': it should work, and nobody has tried; 'old': it need not. */
  version: { version: string; is: 'tested' | 'fits' | 'old'; tested: string };
  /** Types by what kubectl calls them, with the versions that are served. */
  types: { served: readonly { name: string; versions: readonly string[] }[]; missing: readonly string[] };
  rights: { namespace?: string; answers: readonly { right: Right; answer: Answer }[] };
  /** `refusedBetween`: the status of an answer to the WebSocket's handshake that the API server did not write. */
  portForward: { namespace: string; pod: string; port: number; listens?: boolean; refusedBetween?: number };
  /** Empty: a port-forward works, so nobody needs it. */
  podProxy: { namespace?: string; pod?: string; port?: number };
}

/** Why a step was not taken: one that it needs went wrong, the user had enough, or there is nothing to try it on. */
export type Skipped =
  | { why: 'after'; step: StepName }
  | { why: 'cancelled' }
  /** The rights, as `verb resource`. */
  | { why: 'noRight'; rights: readonly string[] }
  | { why: 'noServer' }
  | { why: 'noneRunning' };

interface Ended<S extends StepName> {
  step: S;
  outcome: Outcome;
  facts?: Facts[S];
  problem?: KubeProblem;
  skipped?: Skipped;
  tookMs: number;
}
export type StepResult = { [S in StepName]: Ended<S> }[StepName];

/** What a step's own code says. */
export type Found<S extends StepName> = Pick<Ended<S>, 'facts' | 'problem' | 'skipped'> & { outcome: Outcome };

/** What a step needs to have gone well. */
export const needed: Record<StepName, readonly StepName[]> = {
  kubeconfig: [],
  credentials: ['kubeconfig'],
  // The way to the server is looked at without credentials, too.
  dns: ['kubeconfig'],
  proxy: ['kubeconfig', 'dns'],
  tcp: ['proxy'],
  tls: ['tcp'],
  authentication: ['credentials', 'tls'],
  version: ['authentication'],
  types: ['authentication'],
  rights: ['authentication'],
  portForward: ['authentication', 'types', 'rights'],
  podProxy: ['authentication', 'types', 'rights'],
};
