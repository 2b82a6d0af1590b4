import assert from 'node:assert/strict';
import { inEnglish as t } from '../../../src/views/words/translate.ts';
import { connectQuestion, formQuestion, linkProblemWords } from '../../../src/views/words/links.ts';

const context = { name: 'prod', server: 'https://10.2.3.4:6443/k8s' };

describe('the question before a link is followed', () => {
  it('names the server, its profile, the context and the API server', () => {
    const asked = connectQuestion(t, { context, differs: false, namespace: 'alice', name: 'mnist' });
    assert.equal(asked.text, 'Connect to mnist in alice on prod?');
    assert.equal(asked.detail, 'prod leads to the API server at 10.2.3.4:6443.');
  });

  it('names the file, and says that the link was made for another API server', () => {
    const { detail } = connectQuestion(t, { context, differs: true, namespace: 'a', name: 'b', file: 'x/y.ipynb' });
    assert.match(detail, /made for another API server/);
    assert.match(detail, /Opens x\/y\.ipynb there\./);
  });

  it("names an image that is none of Kubeflow's own", () => {
    const asked = formQuestion(t, { context, differs: false, namespace: 'alice', image: 'evil/x:1' });
    assert.equal(asked.text, 'Open the form for a new notebook server in alice on prod?');
    assert.match(asked.detail, /This link asks for the image evil\/x:1/);
    assert.match(asked.detail, /Nothing is launched/);
  });

  it('shows an address that is none as it stands', () => {
    const { detail } = formQuestion(t, { context: { name: 'odd', server: 'nonsense' }, differs: false });
    assert.match(detail, /at nonsense\./);
  });

  it('is not asked for a link that cannot be followed: that is said in a sentence', () => {
    const problems = [
      { code: 'unknownKind' },
      { code: 'damaged' },
      { code: 'missing', key: 'name' },
      { code: 'refused', key: 'file' },
    ] as const;
    for (const problem of problems) assert.match(linkProblemWords(t, problem), /^This link .*\.$/);
  });
});
