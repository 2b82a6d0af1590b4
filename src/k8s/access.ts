import type { Cluster, MissingRight } from './cluster.ts';
import { Emitter } from './events.ts';
import { silentLogger, type Logger } from './log.ts';
import { selfSubjectAccessReviews, selfSubjectRulesReviews } from './objects.ts';

/** One thing that somebody may or may not do. */
export interface Right {
  verb: string;
  group: string;
  resource: string;
  subresource?: string;
  /** Without it: in all namespaces. */
  namespace?: string;
  name?: string;
}

export type Answer = 'yes' | 'no' | 'unknown';

/** What a port-forward by WebSocket asks for; see {@link Access.canPortForward}. */
export function portForwardRights(namespace: string): [get: Right, create: Right] {
  return rightsTo('portforward', namespace);
}

/** What the API server's proxy to pods asks for, at the least. */
export function podProxyRights(namespace: string): [get: Right, create: Right] {
  return rightsTo('proxy', namespace);
}

function rightsTo(subresource: string, namespace: string): [get: Right, create: Right] {
  const right = { group: '', resource: 'pods', subresource, namespace };
  return [
    { ...right, verb: 'get' },
    { ...right, verb: 'create' },
  ];
}

interface Rule {
  verbs?: string[];
  apiGroups?: string[];
  resources?: string[];
  resourceNames?: string[];
}
interface RulesReview {
  status?: { resourceRules?: Rule[]; incomplete?: boolean };
}
interface AccessReview {
  status?: { allowed?: boolean };
}

const defaultTimeoutMs = 5_000;
/** So long a no is believed: rights are given without a word to whom they are given. */
const noIsOldMs = 60_000;
/** The minor version of Kubernetes from which a port-forward by WebSocket needs `create`. */
const createNeededFrom = 35;

/**
 * What the current user may do. One question about a namespace brings all its rules (SelfSubjectRulesReview); where
 * those are incomplete (webhook authorizers) or there is no namespace, each right is asked for by itself. Answers are
 * kept until `drop`, until the server refuses what they allow, and a no for a minute; 'unknown' is not, and never means no.
 */
export class Access {
  readonly #cluster: Cluster;
  readonly #timeoutMs: number;
  readonly #logger: Logger;
  readonly #now: () => number;
  readonly #rules = new Map<string, Promise<RulesReview['status']>>();
  readonly #answers = new Map<string, { right: Right; asked: number; answer: Promise<Answer> }>();
  #minor: Promise<number> | undefined;
  readonly #dropped = new Emitter<string | undefined>();
  /** The answers about this namespace (undefined: about all) are no longer true. */
  readonly onDidDrop = this.#dropped.event;

  constructor(cluster: Cluster, options: { timeoutMs?: number; logger?: Logger; now?: () => number } = {}) {
    this.#cluster = cluster;
    this.#timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
    this.#logger = options.logger ?? silentLogger;
    this.#now = options.now ?? Date.now;
    // The cluster's listeners go with it, and an access is of no use without its cluster.
    cluster.onDidForbid((missing) => void this.#refused(missing));
  }

  /** Never throws: what could not be found out is 'unknown'. */
  async can(right: Right): Promise<Answer> {
    const key = keyOf(right);
    const known = this.#answers.get(key);
    const answer = known?.answer ?? this.#keep(key, right);
    try {
      if (!known || (await answer) !== 'no' || this.#now() - known.asked < noIsOldMs) return await answer;
      this.#rules.delete(right.namespace ?? '');
      return await this.#keep(key, right);
    } catch (error) {
      this.#logger.debug(`Whether you may ${right.verb} ${right.resource} is unknown: ${String(error)}`);
      return 'unknown';
    }
  }

  /** Forgets all answers: after a 403, and when the user has changed. */
  drop(): void {
    this.#rules.clear();
    this.#answers.clear();
    this.#dropped.fire(undefined);
  }

  /**
   * A port-forward by WebSocket needs `get`, as its handshake is a GET, and since Kubernetes 1.35 `create` too
   * (AuthorizePodWebsocketUpgradeCreatePermission): an older server lets in who has `get` alone.
   */
  async canPortForward(namespace: string): Promise<Answer> {
    const rights = portForwardRights(namespace);
    const [get, create] = await Promise.all([this.can(rights[0]), this.can(rights[1])]);
    if (get !== 'yes') return get;
    if (create !== 'no') return create;
    return this.#minorVersion().then(
      (minor) => (minor < createNeededFrom ? 'yes' : 'no'),
      () => 'unknown',
    );
  }

  /**
   * Whether a server in a pod can be reached at all: by a port-forward, or by pods/proxy, which takes its verb from the
   * request's method, so that `get` and `create` are the least that is of use.
   */
  async canReachPods(namespace: string): Promise<Answer> {
    const forward = await this.canPortForward(namespace);
    if (forward !== 'no') return forward;
    const answers = await Promise.all(podProxyRights(namespace).map((right) => this.can(right)));
    return answers.find((answer) => answer === 'no') ?? answers.find((answer) => answer === 'unknown') ?? 'yes';
  }

  /** Those of the rights that the user is known not to have, as `verb resource/subresource`. */
  async missing(rights: readonly Right[]): Promise<string[]> {
    const answers = await Promise.all(rights.map((right) => this.can(right)));
    return rights
      .filter((_, index) => answers[index] === 'no')
      .map(({ verb, resource, subresource }) => `${verb} ${resource}${subresource ? `/${subresource}` : ''}`);
  }

  #minorVersion(): Promise<number> {
    const asked = (this.#minor ??= this.#cluster.serverVersion().then((version) => Number(version.split('.')[1] ?? 0)));
    asked.catch(() => (this.#minor = undefined));
    return asked;
  }

  #keep(key: string, right: Right): Promise<Answer> {
    const answer = this.#ask(right);
    const entry = { right, asked: this.#now(), answer };
    this.#answers.set(key, entry);
    answer.catch(() => {
      if (this.#answers.get(key) === entry) this.#answers.delete(key);
    });
    return answer;
  }

  /** The server has refused something. If we took it for allowed, what we know of that namespace is old. */
  async #refused({ verb, resource, namespace }: MissingRight): Promise<void> {
    const about = [...this.#answers.values()].filter(({ right }) => {
      const named = right.subresource ? `${right.resource}/${right.subresource}` : right.resource;
      return right.verb === verb && named === resource && right.namespace === namespace;
    });
    const answers = await Promise.all(about.map(({ answer }) => answer.catch(() => 'unknown' as const)));
    if (!answers.includes('yes')) return;
    this.#logger.debug(
      `You may no longer ${verb} ${resource}${namespace ? ` in ${namespace}` : ''}: rights are asked anew`,
    );
    if (namespace) this.#rules.delete(namespace);
    for (const [key, { right }] of this.#answers) if (right.namespace === namespace) this.#answers.delete(key);
    this.#dropped.fire(namespace);
  }

  async #ask(right: Right): Promise<Answer> {
    const { namespace } = right;
    if (namespace) {
      const status = await kept(this.#rules, namespace, () => this.#rulesOf(namespace));
      if (status?.resourceRules?.some((rule) => grants(rule, right))) return 'yes';
      if (status?.resourceRules && !status.incomplete) return 'no';
    }
    const { verb, group, resource, subresource, name } = right;
    const review = await this.#post<AccessReview>('SelfSubjectAccessReview', {
      resourceAttributes: { verb, group, resource, subresource, namespace, name },
    });
    return review.status?.allowed ? 'yes' : 'no';
  }

  async #rulesOf(namespace: string): Promise<RulesReview['status']> {
    return (await this.#post<RulesReview>('SelfSubjectRulesReview', { namespace })).status;
  }

  #post<T>(kind: 'SelfSubjectAccessReview' | 'SelfSubjectRulesReview', spec: object): Promise<T> {
    const { plural } = kind === 'SelfSubjectAccessReview' ? selfSubjectAccessReviews : selfSubjectRulesReviews;
    return this.#cluster.request<T>({
      method: 'POST',
      path: `/apis/authorization.k8s.io/v1/${plural}`,
      body: { apiVersion: 'authorization.k8s.io/v1', kind, spec },
      timeoutMs: this.#timeoutMs,
    });
  }
}

function keyOf({ verb, group, resource, subresource, namespace, name }: Right): string {
  return JSON.stringify([verb, group, resource, subresource, namespace, name]);
}

/** The promise under a key, made if there is none; one that fails is forgotten. */
function kept<T>(map: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const known = map.get(key);
  if (known) return known;
  const made = make();
  map.set(key, made);
  made.catch(() => {
    if (map.get(key) === made) map.delete(key);
  });
  return made;
}

/** RBAC's own rules: '*' is all, `*` + '/sub' is that subresource of all, names narrow a rule to those objects. */
function grants(rule: Rule, { verb, group, resource, subresource, name }: Right): boolean {
  const has = (list: string[] | undefined, ...wanted: string[]): boolean =>
    list?.some((item) => item === '*' || wanted.includes(item)) ?? false;
  const resources = subresource ? [`${resource}/${subresource}`, `*/${subresource}`] : [resource];
  if (!has(rule.verbs, verb) || !has(rule.apiGroups, group) || !has(rule.resources, ...resources)) return false;
  return !rule.resourceNames?.length || (name !== undefined && rule.resourceNames.includes(name));
}
