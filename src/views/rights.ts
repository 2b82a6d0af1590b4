import type { Access, Answer, Right } from '../k8s/access.ts';
import { Emitter, type Event } from '../k8s/events.ts';
import { Turns } from '../k8s/turns.ts';
import { deeds, type Deed } from './words/rights.ts';

export type NamespaceRights = Readonly<Record<Deed, Answer>>;

/** Rights that are missing are asked for again after so long, when somebody looks: they may have been given. */
const noIsOldMs = 60_000;

/** Namespaces that are asked about at a time: a tree of fifty profiles must not begin with a hundred requests. */
const atOnce = 4;

const unknown: NamespaceRights = {
  create: 'unknown',
  edit: 'unknown',
  delete: 'unknown',
  connect: 'unknown',
  exec: 'unknown',
  deleteVolumes: 'unknown',
  deleteProfile: 'unknown',
};

/**
 * What the user may do in each namespace, for rows: at once what is known, and an event when more is. What is unknown
 * counts as allowed: hiding an action for want of an answer would be worse than an honest refusal.
 */
export class Rights {
  private readonly access: Access;
  private readonly known = new Map<string, { rights: NamespaceRights; asked: number }>();
  private readonly asking = new Map<string, Promise<NamespaceRights>>();
  private readonly turns = new Turns(atOnce);
  private readonly changed = new Emitter<string>();
  readonly onDidChange: Event<string> = this.changed.event;

  constructor(access: Access) {
    this.access = access;
    access.onDidDrop((namespace) => this.dropped(namespace));
  }

  /** What is known now; the first call for a namespace starts the question. */
  peek(namespace: string): NamespaceRights {
    const known = this.known.get(namespace);
    if (!known || this.isOld(known)) void this.ask(namespace);
    return known?.rights ?? unknown;
  }

  /** The answers, waited for. Never rejects: what cannot be learned is unknown. */
  ask(namespace: string): Promise<NamespaceRights> {
    const known = this.known.get(namespace);
    if (known && !this.isOld(known)) return Promise.resolve(known.rights);
    const running = this.asking.get(namespace);
    if (running) return running;
    const asked = this.turns
      .take(() => this.questions(namespace))
      .then((rights) => {
        if (this.asking.get(namespace) === asked) this.asking.delete(namespace);
        this.known.set(namespace, { rights, asked: Date.now() });
        const before = known?.rights ?? unknown;
        const news = (Object.keys(deeds) as Deed[]).some((deed) => (rights[deed] === 'no') !== (before[deed] === 'no'));
        if (news) this.changed.fire(namespace);
        return rights;
      });
    this.asking.set(namespace, asked);
    return asked;
  }

  private isOld({ rights, asked }: { rights: NamespaceRights; asked: number }): boolean {
    return Object.values(rights).includes('no') && Date.now() - asked > noIsOldMs;
  }

  private dropped(namespace: string | undefined): void {
    const all = namespace === undefined ? [...this.known.keys()] : [namespace];
    for (const one of all) {
      this.asking.delete(one);
      if (this.known.delete(one)) this.changed.fire(one);
    }
  }

  /** Whether a right that is not one of a namespace's deeds is there, such as deleting Profiles. */
  can(right: Right): Promise<Answer> {
    return this.access.can(right).catch(() => 'unknown' as const);
  }

  /** Forgets the answers, after the user or their rights may have changed. */
  drop(): void {
    this.access.drop();
  }

  private async questions(namespace: string): Promise<NamespaceRights> {
    const answers = await Promise.all(
      (Object.keys(deeds) as Deed[]).map(async (deed): Promise<[Deed, Answer]> => {
        if (deed === 'connect') {
          return [deed, await this.access.canReachPods(namespace).catch(() => 'unknown' as const)];
        }
        // A profile is no part of its namespace: a role there says nothing about it.
        const where = deed === 'deleteProfile' ? { name: namespace } : { namespace };
        return [deed, await this.can({ ...deeds[deed], ...where })];
      }),
    );
    return { ...unknown, ...Object.fromEntries(answers) };
  }
}
