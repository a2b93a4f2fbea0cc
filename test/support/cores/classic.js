// A core as a classic script without Corral, to be loaded with importScripts: speaks just enough of the protocol.
onmessage = ({ data }) => {
  for (const { id, method, params } of [data].flat()) {
    if (method === '$/hello') postMessage({ jsonrpc: '2.0', id, result: { protocol: 1, client: 'c', core: { name: 'classic' }, limits: {} } });
    if (method === 'add') postMessage({ jsonrpc: '2.0', id, result: params[0] + params[1] });
  }
};
