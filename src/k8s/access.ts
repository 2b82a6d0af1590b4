import type { Cluster } from './cluster.ts';
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

/**
 * What the current user may do. One question about a namespace brings all its rules (SelfSubjectRulesReview); where
 * those are incomplete (webhook authorizers) or there is no namespace, each right is asked for by itself. Answers are
 * kept until `drop`; 'unknown' is not, and never means no.
 */
export class Access {
  readonly #cluster: Cluster;
  readonly #timeoutMs: number;
  readonly #logger: Logger;
  readonly #rules = new Map<string, Promise<RulesReview['status']>>();
  readonly #answers = new Map<string, Promise<Answer>>();

  constructor(cluster: Cluster, options: { timeoutMs?: number; logger?: Logger } = {}) {
    this.#cluster = cluster;
    this.#timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
    this.#logger = options.logger ?? silentLogger;
  }

  /** Never throws: what could not be found out is 'unknown'. */
  can(right: Right): Promise<Answer> {
    const { verb, group, resource, subresource, namespace, name } = right;
    const key = JSON.stringify([verb, group, resource, subresource, namespace, name]);
    return kept(this.#answers, key, () => this.#ask(right)).catch((error: unknown) => {
      this.#logger.debug(`Whether you may ${verb} ${resource} is unknown: ${String(error)}`);
      return 'unknown';
    });
  }

  /** Forgets all answers: after a 403, and when the user has changed. */
  drop(): void {
    this.#rules.clear();
    this.#answers.clear();
  }

  /** A port-forward by WebSocket needs `get`, and since Kubernetes 1.35 `create` too. */
  async canPortForward(namespace: string): Promise<Answer> {
    const right = { group: '', resource: 'pods', subresource: 'portforward', namespace };
    const answers = await Promise.all([this.can({ ...right, verb: 'get' }), this.can({ ...right, verb: 'create' })]);
    if (answers.includes('no')) return 'no';
    return answers.includes('unknown') ? 'unknown' : 'yes';
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
