/** Folds a name to what a hurried person types: lower case, no accents, no punctuation. */

/** Letters that Unicode does not take apart into a base letter and a mark. */
const letters: Record<string, string> = {
  ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', ł: 'l', đ: 'd', ð: 'd', þ: 'th', ı: 'i', ħ: 'h', ə: 'e',
};
const special = new RegExp(`[${Object.keys(letters).join('')}]`, 'g');

/** 'São Tomé' is 'sao tome', 'Xi’an' is 'xian', 'Saint-Denis' is 'saint denis'. */
export function fold(text: string): string {
  return text
    .normalize('NFD')
    .toLowerCase()
    .replace(/[\p{M}'’‘ʻʼ`]/gu, '')
    .replace(special, (letter) => letters[letter]!)
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}
