/** What the page does with its core: both forms of a call, a refusal, an event, an abort, a lost core and the next. */
async function tour({ invoke, once }, terminate) {
  const seen = {};

  seen['proxy form'] = await invoke.greet({ name: 'Ada' });
  seen['string form'] = await invoke('greet', { name: 'Grace' });

  const refusal = await refusalOf(invoke.notes.add({ text: '' }));
  seen['refused call'] = `${refusal.code} by the ${refusal.side}`;

  let hear;
  const heard = new Promise((resolve) => {
    hear = resolve;
  });
  await once('note-added', ({ payload }) => hear(`note ${payload.id}: ${payload.text}`));
  await invoke('notes.add', { text: 'buy milk' });
  seen['event'] = await heard;

  const giveUp = new AbortController();
  const backup = invoke.backup.run(undefined, { signal: giveUp.signal }).catch((error) => error);
  const before = await invoke.backup.state();
  giveUp.abort(new Error('changed my mind'));
  seen['abort'] = `${await backup}; backup ${before}, then ${await invoke.backup.state()}`;

  const lost = refusalOf(invoke.backup.run());
  await invoke.backup.state();
  terminate();
  seen['lost core'] = (await lost).code;
  seen['next core'] = `backup ${await invoke.backup.state()}`;

  return seen;
}

function show(seen) {
  const list = document.querySelector('dl');
  for (const [what, result] of Object.entries(seen)) {
    const [term, description] = [document.createElement('dt'), document.createElement('dd')];
    term.textContent = what;
    description.textContent = result;
    list.append(term, description);
  }
}

async function refusalOf(call) {
  try {
    await call;
  } catch (error) {
    if (error instanceof Corral.CorralError) return error;
    throw error;
  }
  throw new Error('The core took a call that it should have refused.');
}
