import assert from 'node:assert/strict';
import { Collection, collectionId } from '../../../../src/editor/jupyterExtension/collection.ts';
import { Emitter } from '../../../../src/k8s/events.ts';
import { silentLogger as logger } from '../../../../src/k8s/log.ts';

describe('our server collection', () => {
  let extension: { isActive: boolean; exports: unknown; activate: () => Promise<unknown> } | undefined;
  let activations: number;
  let made: string[];
  let notebookOpen: boolean;
  let changed: Emitter<void>;
  let collection: Collection;
  const provider = {} as ConstructorParameters<typeof Collection>[0]['provider'];

  /** As the Jupyter extension: a second one of an id is refused, and what is not for everybody throws when it is read. */
  const api = {
    createJupyterServerCollection: (id: string) => {
      if (made.includes(id)) throw new Error(`${id} already exists`);
      made.push(id);
      return { commandProvider: undefined as unknown, dispose: () => made.splice(made.indexOf(id), 1) };
    },
    kernels: {
      get onDidStart(): never {
        throw new Error('Proposed API is not supported');
      },
    },
  };
  const install = (exports: unknown = api) => {
    extension = {
      isActive: false,
      exports,
      activate: () => {
        activations++;
        extension!.isActive = true;
        return Promise.resolve(exports);
      },
    };
  };

  beforeEach(() => {
    extension = undefined;
    activations = 0;
    made = [];
    notebookOpen = false;
    changed = new Emitter<void>();
    collection = new Collection({
      extensions: { getExtension: () => extension, onDidChange: changed.event },
      label: 'Kubeflow',
      provider,
      logger,
      isNotebookOpen: () => notebookOpen,
    });
  });
  afterEach(() => collection.dispose());

  it('is not made, and the Jupyter extension not activated, before somebody asks for it', () => {
    install();
    assert.equal(collection.isInstalled, true);
    assert.equal(collection.activeApi, undefined);
    assert.deepEqual([activations, made], [0, []]);
  });

  it('is made once, whoever asks', async () => {
    install();
    assert.deepEqual(await Promise.all([collection.ensure(), collection.ensure()]), [true, true]);
    assert.equal(await collection.ensure(), true);
    assert.deepEqual([activations, made], [1, [collectionId]]);
    assert.equal(collection.activeApi, api);
  });

  it('is none without the Jupyter extension, or with one that knows no collections', async () => {
    assert.equal(await collection.ensure(), false);
    install({});
    assert.equal(await collection.ensure(), false);
  });

  it('is made when the Jupyter extension is installed while a notebook is open', async () => {
    assert.equal(await collection.ensure(), false);
    install();
    changed.fire();
    assert.equal(activations, 0);
    notebookOpen = true;
    changed.fire();
    assert.equal(await collection.ensure(), true);
    assert.deepEqual([activations, made], [1, [collectionId]]);
  });

  it('is made anew after the Jupyter extension was gone', async () => {
    install();
    await collection.ensure();
    extension = undefined;
    changed.fire();
    await Promise.resolve();
    assert.deepEqual(made, []);
    install();
    assert.equal(await collection.ensure(), true);
    assert.deepEqual(made, [collectionId]);
  });

  it('goes with this extension, also when it is just being made', async () => {
    install();
    const making = collection.ensure();
    collection.dispose();
    await making;
    assert.deepEqual(made, []);
    assert.equal(await collection.ensure(), false);
  });

  it('that is refused once can be made later', async () => {
    made = [collectionId];
    install();
    assert.equal(await collection.ensure(), false);
    made = [];
    assert.equal(await collection.ensure(), true);
  });
});
