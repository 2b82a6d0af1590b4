/** VS Code's id of a language, from what a kernelspec calls it. */
export function languageId(kernelLanguage: string): string {
  const known: Record<string, string> = {
    'c++': 'cpp',
    'c#': 'csharp',
    'f#': 'fsharp',
    bash: 'shellscript',
    sas: 'sas',
  };
  const name = kernelLanguage.toLowerCase();
  return known[name] ?? name;
}
