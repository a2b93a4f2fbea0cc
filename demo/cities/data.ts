/** The data file, as columns. */
/** The data file as columns, in the file's order. */
export interface Columns {
  countries: string[];
  names: string[];
  country: Uint8Array;
  capital: Uint8Array;
  population: Float64Array;
  lat: Float64Array;
  lon: Float64Array;
}

/** Reads what `encode` in data-plugin.ts wrote. Throws if it is something else, such as a server's error page. */
export function decode(bytes: Uint8Array): Columns {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const column = (): Uint8Array => {
    const length = view.getUint32(at, true);
    at += 4 + length;
    return bytes.subarray(at - length, at);
  };
  const utf8 = new TextDecoder();
  const { format, rows, countries } = JSON.parse(utf8.decode(column())) as {
    format: string;
    rows: number;
    countries: string[];
  };
  if (format !== 'corral-cities') throw new Error('Not a file of cities');
  return {
    countries,
    names: utf8.decode(column()).split('\n'),
    country: column(),
    capital: column(),
    population: varints(column(), rows),
    lat: sums(varints(column(), rows)),
    lon: sums(varints(column(), rows)),
  };
}

function varints(bytes: Uint8Array, count: number): Float64Array {
  const values = new Float64Array(count);
  let at = 0;
  for (let row = 0; row < count; row++) {
    let value = 0;
    let shift = 0;
    let byte = 0;
    do {
      byte = bytes[at++]!;
      value |= (byte & 127) << shift;
      shift += 7;
    } while (byte > 127);
    values[row] = value;
  }
  return values;
}

/** Undoes `differences` in data-plugin.ts. */
function sums(values: Float64Array): Float64Array {
  let sum = 0;
  return values.map((value) => (sum += value % 2 ? -(value + 1) / 2 : value / 2) / 1e4);
}
