/** Every door of the package, as a page or a worker may import it. Compiled, never run. */
import * as client from 'corral';
import * as core from 'corral/core';
import * as testing from 'corral/testing';

export { client, core, testing };
