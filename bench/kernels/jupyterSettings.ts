import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/**
 * Lifts the limits that would keep what is measured from being shown: Jupyter's of 1 MB of output a second, and JupyterLab's
 * of 50 outputs a cell. Writes settings into a folder.
 * @returns the environment of a Jupyter that reads them
 */
export async function withoutLimits(folder: string): Promise<Record<string, string>> {
  const settings = join(folder, 'settings');
  const write = async (plugin: string, values: object) => {
    const file = join(settings, '@jupyterlab', `${plugin}.jupyterlab-settings`);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, JSON.stringify(values));
  };
  await write('notebook-extension/tracker', { maxNumberOutputs: 100_000 });
  // Or it asks in front of everything whether it may fetch news.
  await write('apputils-extension/notification', { fetchNews: 'false' });
  const server = join(folder, 'jupyter_server_config.json');
  const none = 1e12;
  const limits = { iopub_data_rate_limit: none, iopub_msg_rate_limit: none };
  await writeFile(server, JSON.stringify({ ServerApp: limits, ZMQChannelsWebsocketConnection: limits }));
  return { JUPYTER_CONFIG_PATH: folder, JUPYTERLAB_SETTINGS_DIR: settings };
}
