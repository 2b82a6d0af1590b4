import { inOrder } from './inOrder.ts';
import { Session } from './session.ts';
import { shoot } from './shots.ts';
import { TerminalPanel } from './terminal.ts';

const image = 'registry.example/lab/jupyter:1';
const notebook = {
  apiVersion: 'kubeflow.org/v1',
  kind: 'Notebook',
  metadata: { name: 'coded', namespace: 'alice' },
  spec: { template: { spec: { containers: [{ name: 'coded', image }] } } },
};
const program = `import time

def share(done, of):
    return done / of

# %% train
for epoch in range(3):
    print(f"epoch {epoch}", flush=True)
    time.sleep(0.2)

# %% evaluate
print(share(1, 0))

# %% plot
import struct, zlib
from IPython.display import Image, display
def part(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
rows = b"".join(b"\\0" + bytes((x, 2 * y % 256, 90)[i] for x in range(256) for i in range(3)) for y in range(128))
head = struct.pack(">IIBBBBB", 256, 128, 8, 2, 0, 0, 0)
display(Image(b"\\x89PNG\\r\\n\\x1a\\n" + part(b"IHDR", head) + part(b"IDAT", zlib.compress(rows)) + part(b"IEND", b"")))

# %% ask
print("Hello,", input("name? "))

# %% wait
print("waiting", flush=True)
time.sleep(600)
`;

describe('a Python file of this computer', () => {
  const files = { 'train.py': program, 'notes.txt': 'no program' };
  const open = inOrder(() => Session.open('alice', { files }));
  const parts = () => {
    const { workbench } = open.session;
    const { page } = workbench;
    const lens = (cell: number, title: string) =>
      page.locator('.codelens-decoration').nth(cell).getByText(title, { exact: true });
    /** Runs the cell that a line lies in, with the cursor there. */
    const runAt = async (line: number) => {
      await workbench.editorTab(/train\.py/).click();
      await workbench.command('Go to Line/Column');
      await workbench.enter(`:${line}`);
      await workbench.statusBar.getByText(new RegExp(`^Ln ${line},`)).waitFor();
      await workbench.command('Run Selection or Cell in Notebook Server');
    };
    return { workbench, page, terminal: new TerminalPanel(page), lens, runAt };
  };

  before(async () => {
    await open.session.lab.kubectl(['apply', '-f', '-'], { input: JSON.stringify(notebook) });
  });
  after(async () => {
    await open.session.lab.kubectl(['delete', 'notebook', 'coded', '-n', 'alice', '--ignore-not-found']);
  });

  it('is asked once on which server it is to run, and prints into a terminal', async () => {
    const { workbench, terminal, page } = parts();
    await workbench.openView('Kubeflow Notebooks');
    await workbench.row(/^Notebook server coded, Running/).waitFor({ timeout: 90_000 });
    await workbench.command('View: Show Explorer');
    await workbench.row('train.py').dblclick();
    await workbench.editorTab(/train\.py/).waitFor();
    await workbench.text.getByText('share').first().click();
    await workbench.command('Run File in Notebook Server');
    await workbench.pick(/coded/);
    // The traceback of the second cell is the end of it, and may have pushed all else out of sight.
    await terminal.line('ZeroDivisionError').waitFor();
    await shoot(page, 'code-file');
  });

  it('has links at its cells from then on, which ask nothing any more', async () => {
    const { workbench, terminal, lens, page } = parts();
    await workbench.command('Terminal: Clear');
    await lens(0, 'Run on coded').click();
    await terminal.line(/^train\.py:7 to 9 on coded/).waitFor();
    await terminal.line('epoch 0').waitFor();
    await terminal.line('epoch 2').waitFor();
    await terminal.line(/^Done in/).waitFor();
    await workbench.command('Terminal: Clear');
    await lens(1, 'Run on coded').click();
    // The traceback may push what is above it out of sight.
    await terminal.line(/^-+> 12 print/).waitFor();
    await terminal.line(/Stopped after/).waitFor();
    await shoot(page, 'code-cell');
  });

  it('leads from a frame of a traceback to the line', async () => {
    const { workbench, terminal } = parts();
    await terminal.follow(/train\.py:4/);
    await workbench.statusBar.getByText(/^Ln 4, Col 1/).waitFor();
  });

  it('opens an image beside the code', async () => {
    const { workbench, terminal, lens, page } = parts();
    await workbench.command('Terminal: Clear');
    await lens(2, 'Run on coded').click();
    await terminal.follow(/Open image 1/);
    await workbench.editorTab(/image 1\.png/).waitFor();
    await shoot(page, 'code-image');
    await workbench.editorTab(/train\.py/).click();
  });

  it('answers input() where it is asked', async () => {
    const { terminal, runAt } = parts();
    await runAt(24);
    await terminal.line('name?').waitFor();
    await terminal.type('Ada\n');
    await terminal.line('Hello, Ada').waitFor();
  });

  it('is interrupted by Ctrl+C', async () => {
    const { terminal, runAt, page } = parts();
    await runAt(27);
    await terminal.line('waiting').waitFor();
    await terminal.type('');
    await page.keyboard.press('Control+C');
    await terminal.line('KeyboardInterrupt').waitFor();
  });

  it('has a kernel of its own in the tree, by its name', async () => {
    const { workbench } = parts();
    await workbench.openView('Kubeflow Notebooks');
    await workbench.expand(workbench.row(/^Notebook server coded/));
    await workbench.expand(workbench.row('Kernels'));
    await workbench.row(/^Kernel of train-[0-9a-f]{8}\.py/).waitFor();
  });

  it('goes on in the same kernel when its terminal was closed, and says what it is', async () => {
    const { workbench, terminal, runAt } = parts();
    await workbench.command('Terminal: Kill the Active Terminal Instance');
    await runAt(7);
    await terminal.line('epoch 2').waitFor();
  });

  for (const [label, shot] of [
    ['Light Modern', 'light'],
    ['Dark High Contrast', 'high-contrast'],
    ['Dark Modern', 'dark'],
  ] as const)
    it(`can be read in ${label}`, async () => {
      const { workbench, page, terminal, runAt } = parts();
      await workbench.theme(label);
      await runAt(12);
      await terminal.line(/Stopped after/).waitFor();
      await shoot(page, `code-${shot}`);
    });

  it('is what is run: another file is told so', async () => {
    const { workbench } = parts();
    await workbench.command('View: Show Explorer');
    await workbench.row('notes.txt').dblclick();
    await workbench.editorTab(/notes\.txt/).waitFor();
    await workbench.command('Run File in Notebook Server');
    await workbench.notification('notes.txt is not a Python file.').waitFor();
  });
});
