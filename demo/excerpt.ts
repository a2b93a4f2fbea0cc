/** The part of a source file that a page shows: what stands between its region marks, moved to the left. */
export function excerpt(source: string): string {
  const lines = source.split('\n');
  const mark = (text: string): number => lines.findIndex((line) => line.trim() === text);
  const shown = lines.slice(mark('// #region shown') + 1, mark('// #endregion shown'));
  const indents = shown.filter((line) => line.trim() !== '').map((line) => line.search(/\S/));
  return shown.map((line) => line.slice(Math.min(...indents))).join('\n');
}
