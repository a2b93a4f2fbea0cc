/** The part of a file that a page shows: what stands between `#region shown` and `#endregion shown`, moved to the left. */
export function excerpt(source: string): string {
  const lines = source.split('\n');
  const mark = (text: string): number => lines.findIndex((line) => line.trim() === text);
  const [begin, end] = [mark('// #region shown'), mark('// #endregion shown')];
  if (begin < 0 || end < begin) return source;
  const shown = lines.slice(begin + 1, end);
  const indents = shown.filter((line) => line.trim() !== '').map((line) => line.search(/\S/));
  return shown.map((line) => line.slice(Math.min(...indents))).join('\n');
}
